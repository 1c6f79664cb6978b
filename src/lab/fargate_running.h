// What happens to a task between its start and its end: targets, health, logs, and the application's own ways
// to fail.
#pragma once

#include <functional>

#include "lab/ecs.h"

namespace doctor::lab {

// Takes the step after the delay, only if the task still wants to run then; ids, never references, wait in
// the clock.
void later(const EcsScope& here, const TaskRecord& task, core::Duration delay,
           std::function<void(const EcsScope&, TaskRecord&)> step);

void begin_running(const EcsScope& here, TaskRecord& task);

// What the application does by itself: an exit, an OOM kill, a full disk.
void end_by_itself(const EcsScope& here, TaskRecord& task, int exit_code,
                   const std::string& container_reason);

void write_lines(const EcsScope& here, const TaskRecord& task, const std::vector<std::string>& lines);

void deregister_targets(const EcsScope& here, TaskRecord& task);
core::Duration deregistration_delay(const EcsScope& here, const TaskRecord& task);

}  // namespace doctor::lab
