// A verification on a terminal: the verdict, what failed or is open, then what passed.
#pragma once

#include <string>

#include "report/report.h"
#include "verify/check.h"

namespace doctor::report {

std::string to_text(const verify::Verification& verification, const TextStyle& style);

}  // namespace doctor::report
