// The service scheduler: brings each service to its desired count, by the rules of its deployments.
//
// Runs when something changed (request_reconcile) and says what it does in the service's events, in AWS's
// words ("Amazon ECS service event messages"). Rules: rolling updates between minimumHealthyPercent, rounded
// up, and maximumPercent, rounded down; the deployment circuit breaker (half the desired count, at least 3,
// at most 200 failed tasks); launches that fail again and again are delayed longer and longer, up to 15
// minutes
// ("Amazon ECS service throttle logic"); the same message is not repeated within six hours.
#pragma once

#include <string>

#include "lab/ecs.h"

namespace doctor::lab {

// Makes a new PRIMARY deployment out of the service's present settings; the others drain.
DeploymentRecord& start_deployment(const EcsScope& here, ServiceRecord& service);

// Once, `delay` from now; an earlier one that waits already is enough. A service "" is none.
void request_reconcile(const EcsScope& here, const std::string& cluster, const std::string& service,
                       Duration delay);
void reconcile(const EcsScope& here, ServiceRecord& service);

void say(const EcsScope& here, ServiceRecord& service, const std::string& message);

int breaker_threshold(int desired);

struct Bounds {
  int least_healthy = 0, most = 0;  // tasks
};
Bounds bounds_of(const ServiceRecord& service);

// What tasks tell the scheduler.
void note_registered(const EcsScope& here, const TaskRecord& task, const std::string& target_group);
void note_deregistered(const EcsScope& here, const TaskRecord& task, const std::string& target_group);
void note_draining(const EcsScope& here, const TaskRecord& task);
void note_task_healthy(const EcsScope& here, TaskRecord& task);
void note_task_stopping(const EcsScope& here, TaskRecord& task);
void note_task_stopped(const EcsScope& here, TaskRecord& task);

}  // namespace doctor::lab
