// A queue's own rules, between sqs.cc and who puts messages in.
#pragma once

#include "lab/messaging.h"

namespace doctor::lab {

// Visible after `delay` of real time. Answers the message's id.
std::string enqueue(World& world, Queue& queue, const std::string& body, const json& attributes,
                    core::Duration delay);

}  // namespace doctor::lab
