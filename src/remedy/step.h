// One change of one resource: what it was, the call that changes it, and the call that takes it back.
//
// A step is a value that a plan file holds and a journal repeats; nothing in it is code. Requests and states
// are JSON text in the AWS CLI's form. A request may use what an earlier call answered: "${2.taskDefinition.
// taskDefinitionArn}" is that field of step 2's answer, "${self.VpcEndpoint.VpcEndpointId}" of its own (in an
// inverse, a probe or an effect), "${run.id}" and "${step.id}" are the run's and the step's (references.h).
//
//   Step step{.id = "1", .fix = "on_demand_base", .resource = {"ecs:service", arn, account, region}, …};
#pragma once

#include <string>
#include <vector>

#include "core/time.h"

namespace doctor::remedy {

// What a step changes, and what leases, preconditions and the blast radius are about.
struct Resource {
  std::string kind;  // of kinds.h: "ecs:service", "ec2:security-group", "iam:role-policy", …
  std::string id;    // ARN where it has one, else its id; of an inline policy "ROLE/POLICY"
  std::string account, region;
  auto operator<=>(const Resource&) const = default;
};

// A request to AWS, in the words of the CLI.
struct Request {
  std::string service, operation, region;
  std::string input;  // JSON object
};

// A field that must have a value for the step to have worked; asked until it has, or the time is over.
struct Probe {
  Request request;       // "" service: the resource's own state is asked
  std::string pointer;   // JSON pointer into the answer: "/services/0/deployments/0/rolloutState"
  std::string expected;  // JSON text of the value; "" : that it is there
  core::Duration timeout = std::chrono::minutes{10};
};

// How it is known after a kill whether the call took effect, when nobody heard its answer.
enum class Replay {
  read_back,     // the live state tells: it equals `before` or it has what `effect` says
  client_token,  // AWS itself takes the call once: the same token again gives the same answer
  tagged,        // what it creates carries the tag fargate-doctor:step = RUN/STEP, and is looked for by it
};

// A field of the live state once the call has taken effect (has_effects() in kinds.h compares).
//
// Whoever does not know whether a call was taken compares the live state with `before` first: where they are
// equal it was not, and only where they differ the effects tell whether it was this call that made it so. A
// step without effects (a forced deployment) changes no state: doing it again does no harm, and it is done
// again.
struct Effect {
  std::string pointer;  // into the normalised state of kinds.h; "" is the whole
  std::string value;    // JSON text; may hold references as requests do. null: the field is not there
};

struct Step {
  std::string id;     // "1", "2", … in the order of the plan
  std::string fix;    // the diagnosis's fix ids that it is part of, separated by ' ': "on_demand_base"
  std::string title;  // one sentence, with this case's names: "Keep 2 on-demand tasks in prod/web"
  Resource resource;
  std::string before;  // the whole resource, normalised (kinds.h); "null": it is not there yet
  Request request;
  Replay replay = Replay::read_back;
  std::vector<Effect> effects;
  Request inverse;  // "" service: there is none
  Probe probe;

  bool reversible = true;
  std::string one_way_reason;            // where it is not: why
  std::vector<std::string> iam_actions;  // "ecs:UpdateService"; those of reading, probing and the inverse too
  core::Duration expected_duration = std::chrono::seconds{1};
  std::string cost;                 // "about 7 USD a month for each zone", with its source; "" : none known
  bool touches_dns_or_tls = false;  // refuses to run outside a maintenance window
  std::vector<std::string> shared_with;  // what else uses the resource (blast_radius.h), by name
  std::string managed_by;                // "terraform: aws_ecs_service.web (main.tf)"; "" : nobody's code
};

}  // namespace doctor::remedy
