// What happens to a task between its start and its end: targets, health, logs, and the application's own ways
// to fail.
#pragma once

#include "lab/ecs.h"

namespace doctor::lab {

void begin_running(const EcsScope& here, TaskRecord& task);

// What the application does by itself: an exit, an OOM kill, a full disk.
void end_by_itself(const EcsScope& here, TaskRecord& task, int exit_code,
                   const std::string& container_reason);

void write_lines(const EcsScope& here, const TaskRecord& task, const std::vector<std::string>& lines);

void deregister_targets(const EcsScope& here, TaskRecord& task);
core::Duration deregistration_delay(const EcsScope& here, const TaskRecord& task);

}  // namespace doctor::lab
