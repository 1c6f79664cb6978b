// Stops of no family are looked at in three files: how the stop came about (observe_stop.cc), what the
// application left behind (observe_application.cc), what the task needed before it ran (observe_start.cc).
#pragma once

#include <string_view>

#include "diagnose/observe.h"

namespace doctor::diagnose {

void observe_application(const Case& c, Observations& out);  // memory and logs
void observe_start(const Case& c, Observations& out);        // image, secrets, logs, volumes

// The cause that AWS's words name for the case; "" where they name none, or a stop that was asked for.
std::string_view leading_cause(const Case& c);

const facts::Task* newest_stopped_task(const Case& c);  // null where no stop is a task's

}  // namespace doctor::diagnose
