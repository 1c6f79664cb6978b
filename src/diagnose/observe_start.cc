#include <fmt/format.h>

#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/network_sight.h"
#include "diagnose/observations.h"
#include "diagnose/observe_stop.h"
#include "diagnose/platform_sight.h"
#include "diagnose/policy_sight.h"
#include "facts/resource_policy.h"

// What the task needed before its containers ran: is it there, in reach, and allowed?
namespace doctor::diagnose {
namespace {

using facts::Task;
using facts::TaskDefinition;

bool has_any_sign(const Case& c, std::initializer_list<std::string_view> ids) {
  return std::any_of(ids.begin(), ids.end(), [&](std::string_view id) { return has_sign(c, id); });
}

bool is_about_secrets(const Case& c) {
  return has_any_sign(
      c, {"stop.secrets_failed", "stop.secrets_unreachable", "stop.secrets_denied", "stop.secrets_missing"});
}
bool is_about_image(const Case& c) {
  return has_any_sign(c, {"stop.pull_failed", "stop.image_missing", "stop.image_denied",
                          "stop.image_unreachable", "stop.image_architecture"});
}
bool is_about_logs(const Case& c) {
  return has_sign(c, "stop.logs_unavailable");
}

// The services whose names the reason bears, as their endpoints are named.
std::vector<std::string_view> services_asked(const Case& c) {
  std::vector<std::string_view> services;
  const auto add_if = [&](bool holds, std::string_view service) {
    if (holds) services.push_back(service);
  };
  add_if(has_text(c, "secrets manager") || has_text(c, "secretsmanager") || has_text(c, " asm"),
         "secretsmanager");
  add_if(has_text(c, "systems manager") || has_text(c, "ssm"), "ssm");
  add_if(has_text(c, "registry auth from amazon ecr") || has_text(c, "api.ecr") ||
             has_text(c, "ecr registry auth"),
         "ecr.api");
  add_if(is_about_image(c), "ecr.dkr");
  add_if(is_about_logs(c), "logs");
  return services;
}

// AWS answered, so the way to it was open then: a refusal is no time-out.
bool aws_answered(const Case& c) {
  return has_text(c, "accessdenied") || has_text(c, "not authorized to perform") ||
         has_text(c, "notfoundexception") || has_text(c, "does not exist") || has_text(c, "403 forbidden");
}

void look_at_start_path(const Case& c, const Task* task, Observations& out) {
  const TaskNetwork network = network_of(c, task);
  const PathSight* worst = nullptr;
  std::string_view worst_service;
  std::vector<PathSight> sights;
  const std::vector<std::string_view> services = services_asked(c);
  sights.reserve(services.size());
  for (std::string_view service : services) {
    sights.push_back(worst_path(c, network, service));
    const PathSight& sight = sights.back();
    if (sight.way != Way::open && sight.way != Way::closed) continue;
    if (worst != nullptr && sight.way == Way::open) continue;
    worst = &sight;
    worst_service = service;
  }
  if (worst == nullptr) {
    if (!services.empty()) {
      note_missing(c, out, "ec2.describe-route-tables", "the routes of the task's subnet",
                   "aws ec2 describe-route-tables");
    }
    return;
  }
  if (worst->way == Way::open) {
    out.add("stop.path_open", fmt::format("the subnet {}", worst->why), worst->source);
    return;
  }
  if (aws_answered(c)) return;
  out.add("stop.path_closed", fmt::format("the subnet {}", worst->why), worst->source);
  out.fix_details.emplace_back("vpc_endpoint", fmt::format("com.amazonaws.{}.{} for {}", c.place->region,
                                                           worst_service, joined(network.subnets)));
  if (!worst->fix.empty()) out.fix_details.emplace_back("network_path", worst->fix);
  if (is_about_logs(c)) {
    for (const auto* fix : {"create_log_group", "policy_statement"}) out.useless_fixes.emplace_back(fix);
  }
}

struct Need {
  Call call;
  std::string_view service;  // as its endpoint is named; "" where AWS makes the call
  std::string what;
};

std::vector<Need> needs_of_secrets(const Case& c, const TaskDefinition& definition) {
  std::vector<Need> needs;
  for (const auto& container : definition.containers) {
    for (const facts::Secret& secret : container.secrets) {
      const auto arn = core::Arn::parse(secret.value_from);
      const bool in_secrets_manager = arn && arn->service == "secretsmanager";
      if (!arn && !in_secrets_manager) continue;  // a parameter by its bare name: its ARN is not known here
      needs.push_back({{in_secrets_manager ? "secretsmanager:GetSecretValue" : "ssm:GetParameters",
                        facts::secret_arn_of(secret.value_from)},
                       in_secrets_manager ? "secretsmanager" : "ssm",
                       "the secret " + secret.name});
      // Secrets Manager decrypts with the caller's permissions ("Secret encryption and decryption").
      const std::string key = facts::key_of_secret(*c.place, facts::secret_arn_of(secret.value_from));
      if (!key.empty())
        needs.push_back({{"kms:Decrypt", key, "secretsmanager"}, "", "the key of the secret " + secret.name});
    }
  }
  return needs;
}

std::vector<Need> needs_of_image(const Case& c, const TaskDefinition& definition) {
  std::vector<Need> needs;
  for (const auto& container : definition.containers) {
    const ImageName name = image_name_of(container.image);
    if (!name.in_ecr) continue;
    const std::string account = name.registry.substr(0, name.registry.find('.'));
    const std::string arn = fmt::format(
        "arn:{}:ecr:{}:{}:repository/{}",
        core::Arn::parse(definition.arn).has_value() ? core::Arn::parse(definition.arn)->partition : "aws",
        name.region, account, name.repository);
    needs.push_back({{"ecr:GetAuthorizationToken"}, "ecr.api", "a registry token"});
    needs.push_back({{"ecr:BatchGetImage", arn}, "ecr.dkr", "the image " + name.repository});
    needs.push_back({{"ecr:GetDownloadUrlForLayer", arn}, "ecr.dkr", "the layers of " + name.repository});
    if (account != c.place->account && is_about_image(c))
      break;  // another account's repository policy decides too
  }
  return needs;
}

std::vector<Need> needs_of_logs(const Case& c, const TaskDefinition& definition) {
  std::vector<Need> needs;
  for (const auto& container : definition.containers) {
    const auto group = container.log_options.find("awslogs-group");
    if (container.log_driver != "awslogs" || group == container.log_options.end()) continue;
    const auto region = container.log_options.find("awslogs-region");
    needs.push_back({{"logs:CreateLogStream",
                      fmt::format("arn:aws:logs:{}:{}:log-group:{}:log-stream:task",
                                  region == container.log_options.end() ? c.place->region : region->second,
                                  c.place->account, group->second)},
                     "logs",
                     "the log group " + group->second});
  }
  return needs;
}

struct Question {
  bool asked;
  std::string_view lacks, denied_above;  // evidence rows
  std::vector<Need> needs;
};

// The answer to one question, once it is settled.
struct Refusal {
  PolicySight sight;
  const Need* need = nullptr;
};

std::vector<std::string> endpoints_to(const Case& c, const Task* task, std::string_view service) {
  if (service.empty()) return {};  // a call that AWS makes
  return worst_path(c, network_of(c, task), service).endpoints;
}

// The first need that a level refuses; where AWS's own words name a level, one at that level before others.
std::optional<Refusal> refusal_of(const Case& c, const Task* task, const std::string& role_arn,
                                  const Question& question) {
  std::optional<Refusal> first, depends;
  const bool one_is_named = std::any_of(question.needs.begin(), question.needs.end(),
                                        [&](const Need& need) { return has_text(c, need.call.action); });
  for (const Need& need : question.needs) {
    if (one_is_named && !has_text(c, need.call.action)) continue;
    const Caller caller{role_arn, endpoints_to(c, task, need.service)};
    for (PolicySight& sight : sights_of(*c.place, caller, need.call)) {
      const bool named = is_named_by_aws(c, sight.level);
      if (blocks(sight) && named) return Refusal{std::move(sight), &need};
      if (blocks(sight) && (!first || first->sight.level < sight.level)) {
        first = Refusal{std::move(sight), &need};
      } else if (sight.grant == Grant::depends && (!depends || named)) {
        depends = Refusal{std::move(sight), &need};
      }
    }
    if (first) break;
  }
  return first ? std::move(first) : std::move(depends);
}

void report_refusal(const Case& c, const Question& question, const Refusal& refusal, std::string_view role,
                    bool settled, Observations& out) {
  const PolicySight& sight = refusal.sight;
  const Call& call = refusal.need->call;
  const bool certain = blocks(sight) || is_named_by_aws(c, sight.level);
  const std::string_view row = !certain                               ? "stop.access_depends"
                               : sight.level == PolicyLevel::identity ? question.lacks
                                                                      : question.denied_above;
  out.add(row, fmt::format("the execution role {} may not use {}: {}", role, refusal.need->what, sight.why),
          sight.source);
  if (!certain || settled) return;
  offer_fix_of(c, &sight, out);
  out.useless_fixes.emplace_back("create_log_group");
  if (sight.level == PolicyLevel::identity && sight.grant == Grant::absent) {
    out.fix_details.emplace_back("policy_statement",
                                 fmt::format("{} on {} for role {}", call.action, call.resource, role));
  }
}

// Layers come from a bucket of Amazon ECR's by signed URLs: of our policies the endpoint's alone counts
// ("Amazon ECR interface VPC endpoints": minimum Amazon S3 bucket permissions).
bool look_at_layers(const Case& c, const Task* task, Observations& out) {
  if (!is_about_image(c) || !has_text(c, "starport-layer-bucket")) return false;
  const auto arn = core::Arn::parse(c.task_definition->arn);
  const Call get{"s3:GetObject", fmt::format("arn:{}:s3:::prod-{}-starport-layer-bucket/layer",
                                             arn ? arn->partition : "aws", c.place->region)};
  const auto sights = endpoint_sights(*c.place, endpoints_to(c, task, "s3"), get);
  const PolicySight* sight = blocking(sights);
  if (sight == nullptr) return false;
  out.add("stop.image_denied_above", "the layers do not come through: " + sight->why, sight->source);
  offer_fix_of(c, sight, out);
  return true;
}

void look_at_execution_role(const Case& c, const Task* task, const TaskDefinition& definition,
                            Observations& out) {
  const Question questions[] = {
      {is_about_secrets(c), "stop.execution_role_lacks_secret", "stop.secret_denied_above",
       needs_of_secrets(c, definition)},
      {is_about_image(c) || has_sign(c, "stop.secrets_failed"), "stop.execution_role_lacks_image",
       "stop.image_denied_above", needs_of_image(c, definition)},
      {is_about_logs(c), "stop.execution_role_lacks_logs", "stop.logs_denied_above",
       needs_of_logs(c, definition)}};
  const std::string name(core::short_name(definition.execution_role_arn));
  if (name.empty()) return;
  const auto is_open = [](const Question& q) { return q.asked && !q.needs.empty(); };
  if (c.place->roles.count(name) == 0 && std::any_of(std::begin(questions), std::end(questions), is_open)) {
    note_missing(c, out, "iam.get-role", fmt::format("the policies of the execution role {}", name),
                 fmt::format("aws iam get-role --role-name {}", name));
  }
  if (look_at_layers(c, task, out)) return;
  bool settled = false;
  for (const Question& question : questions) {
    if (!is_open(question)) continue;
    const auto refusal = refusal_of(c, task, definition.execution_role_arn, question);
    if (!refusal) continue;
    report_refusal(c, question, *refusal, name, settled, out);
    settled = settled || blocks(refusal->sight) || is_named_by_aws(c, refusal->sight.level);
  }
  if (!settled) offer_fix_of(c, nullptr, out);
}

// "linux/arm64" for ARM64, as image indexes write it.
std::string platform_wanted(const TaskDefinition& definition) {
  const bool windows = definition.operating_system_family.starts_with("WINDOWS");
  return fmt::format("{}/{}", windows ? "windows" : "linux",
                     definition.cpu_architecture == "ARM64" ? "arm64" : "amd64");
}

void look_at_image(const Case& c, const TaskDefinition& definition, Observations& out) {
  const std::string wanted = platform_wanted(definition);
  for (const auto& container : definition.containers) {
    const facts::Image* image = image_of(*c.place, container.image, "");
    if (image == nullptr) continue;
    const Source source{
        "ecr", "batch-get-image", {}, "manifests[].platform", joined(image->platforms), image->pushed_at};
    if (is_about_image(c))
      out.add("stop.image_in_registry", fmt::format("the registry has {}", container.image), source);
    if (image->platforms.empty()) continue;
    const bool fits = std::any_of(image->platforms.begin(), image->platforms.end(),
                                  [&](const std::string& platform) { return platform.starts_with(wanted); });
    if (fits) continue;
    out.add("stop.architecture_differs",
            fmt::format("the image of container {} is built for {}, and the task runs on {}", container.name,
                        joined(image->platforms), wanted),
            source);
    out.fix_details.emplace_back("build_for_architecture", wanted);
    return;
  }
}

// ECR's own refusal to describe the image is the plainest proof that there is none.
void look_at_missing_image(const Case& c, const TaskDefinition& definition, Observations& out) {
  if (!is_about_image(c)) return;
  for (const facts::Gap& gap : c.place->gaps) {
    if (gap.service != "ecr" ||
        !(core::contains(gap.reason, "ImageNotFound") || core::contains(gap.reason, "RepositoryNotFound")))
      continue;
    for (const auto& container : definition.containers) {
      const ImageName name = image_name_of(container.image);
      if (!core::contains(gap.subject, name.repository) && !core::contains(gap.reason, name.repository))
        continue;
      out.add("stop.image_not_in_registry", fmt::format("Amazon ECR knows no {}", container.image),
              {"ecr", gap.operation, {}, "error", gap.reason, std::nullopt});
      out.fix_details.emplace_back("correct_image_reference", container.image);
      return;
    }
  }
}

}  // namespace

void observe_start(const Case& c, Observations& out) {
  if (c.place == nullptr || c.task_definition == nullptr) return;
  const bool start = is_about_secrets(c) || is_about_image(c) || is_about_logs(c);
  if (start) {
    const Task* task = newest_stopped_task(c);
    look_at_start_path(c, task, out);
    look_at_execution_role(c, task, *c.task_definition, out);
    look_at_missing_image(c, *c.task_definition, out);
  }
  if (start || c.kind == "stop.application_exit") look_at_image(c, *c.task_definition, out);
}

}  // namespace doctor::diagnose
