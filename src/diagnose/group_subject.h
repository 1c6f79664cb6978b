// Whom a stop or a refused call concerns: the service, or the task definition family of stand-alone tasks.
#pragma once

#include <string>

#include "diagnose/place_index.h"
#include "facts/facts.h"

namespace doctor::diagnose {

struct Subject {
  std::string cluster, service, task_family;
};

// The same key as group_key() gives the subject's tasks.
std::string key_of(const Subject& subject);

Subject subject_of(const facts::Task& task);

// By the resource that the call named; a call that names nothing was made about the only service or task
// definition that is there, if there is one.
Subject subject_of(const facts::CallFailure& failure, const PlaceIndex& index);

}  // namespace doctor::diagnose
