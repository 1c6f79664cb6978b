// What all renderings of a plan say alike: the answer in one line, what a step changes, and its calls without
// what may be a secret.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "remedy/plan.h"

namespace doctor::report {

// One setting of a resource, before a step and after it. `was` and `is` are for showing: JSON text, without
// values that may be secrets.
struct FieldChange {
  std::string name;               // "capacityProviderStrategy", "attributes/deregistration_delay"
  std::string was, is;            // "" where `had` or `has` is false
  bool had = false, has = false;  // it had a value before; it has one after
};

// What the step sets, in the order of the step. Of a resource that it makes, all that the call says.
std::vector<FieldChange> changes_of(const remedy::Step& step);

std::string place_words(const remedy::Plan& plan);  // "prod/web"
// "4 steps mend prod/web; all can be taken back": the answer.
std::string plan_headline(const remedy::Plan& plan);
// What was found: "FargateSpotInterrupted, cause spot.reclaimed_zone".
std::string plan_cause(const remedy::Plan& plan);
// "Apply asks for the number of dependents, 12."
std::string confirmation_words(const remedy::Plan& plan);
std::string duration_words(const remedy::Plan& plan);  // of all steps together: "about 12 min"

std::string call_words(const remedy::Request& request);  // "ecs UpdateService"
// As a command of the AWS CLI, without what may be a secret; "" where there is no call. `whole` is false
// where something was taken out, so that it must not be run as it stands.
struct ShownCall {
  std::string command;
  bool whole = true;
};
ShownCall shown_call(const remedy::Request& request);
std::string probe_words(const remedy::Step& step);  // "rolloutState is COMPLETED, asked for up to 10 min"; ""

std::string kind_words(
    std::string_view kind);  // "ecs:service": "service", "ec2:vpc-endpoint": "VPC endpoint"
std::string counted_kind(std::string_view kind, std::size_t count);  // "3 services"
std::string short_id(std::string_view id);                           // "service/prod/web" of its ARN
// "9 services, 2 VPC endpoints": the kinds of the dependents, each with its count.
std::string dependents_words(const remedy::BlastRadius& radius);
// The service of the incident itself.
bool is_own(const remedy::Plan& plan, const remedy::Dependent& dependent);

}  // namespace doctor::report
