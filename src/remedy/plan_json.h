// A plan as a JSON value: what plan_json(), plan_of() and the digest share.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "remedy/plan.h"

namespace doctor::remedy {

// Everything but the digest. Requests and states are JSON in it, not text.
nlohmann::ordered_json value_of_plan(const Plan& plan);

}  // namespace doctor::remedy
