// A plan: the steps that mend one diagnosis, as a file that a person reads, keeps, and may throw away.
//
// The file is JSON ("schema": "fargate-doctor/plan/1") with a digest over all else in it. A file that was
// edited is refused, and says which field differs from the digest's; a plan whose live state has moved on is
// refused by apply, with the difference.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "remedy/step.h"

namespace doctor::remedy {

// Something that a fix asks for and no call can do: "let the application end on SIGTERM".
struct Advice {
  std::string fix, title, detail;
};

struct Dependent {
  std::string kind, name;  // "ecs:service", "prod/web"
  std::string through;     // the resource that both use: "sg-1"
};

// Everything that shares a resource which the plan changes.
struct BlastRadius {
  Resource resource;
  std::vector<Dependent> dependents;  // sorted; those of the incident itself come first
};

enum class Confirmation { none, yes, type_count };  // how much the user must type before --apply acts

struct Plan {
  std::string family, cause;  // of causes.md
  std::string account, region, cluster, service;
  core::Timestamp made_at;  // newest fact, where it was made from a snapshot
  std::vector<Step> steps;
  std::vector<Advice> advice;
  std::vector<BlastRadius> blast_radius;
  Confirmation confirmation = Confirmation::yes;
  std::vector<std::string> fixes_left_out;  // "create_subnet: no free CIDR of this size is left in vpc-1"
};

// How many things the plan's resources are used by, each counted once: what Confirmation::type_count asks
// for.
std::size_t dependents_of(const Plan& plan);

std::string plan_json(const Plan& plan);  // with its digest; ends in a newline
// Error: bad_input, with line and column, or the field that was edited.
core::Result<Plan> plan_of(std::string_view text, std::string_view origin);
std::string digest_of(const Plan& plan);  // sha256, hexadecimal, over the canonical JSON of the plan

}  // namespace doctor::remedy
