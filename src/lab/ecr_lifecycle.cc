// Lifecycle policies of repositories, and what they expire ("Lifecycle policies", Amazon ECR User Guide).
#include <algorithm>
#include <set>

#include "core/glob.h"
#include "lab/ecr.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using std::chrono::hours;

constexpr std::size_t kShortestPolicy = 100, kLongestPolicy = 30720;  // "PutLifecyclePolicy"
// Images are affected within 24 hours of the policy, and each day from then on.
constexpr auto kFirstEvaluation = hours(12), kBetweenEvaluations = hours(24);

struct LifecycleRule {
  int priority = 0;
  std::string status;                 // "tagged", "untagged", "any"
  std::vector<std::string> patterns;  // a tag for each, with * in it; a prefix is "prefix*"
  bool by_age = false;                // else by count
  long long number = 0;               // of days, or of images
};

// What ECR would refuse a rule for; "" where it would not.
std::string rule_of(const json& text, LifecycleRule& rule) {
  const json& selection = member_of(text, "selection");
  rule.priority = static_cast<int>(integer_of(text, "rulePriority", 0));
  rule.status = text_of(selection, "tagStatus");
  rule.number = integer_of(selection, "countNumber", 0);
  const std::string type = text_of(selection, "countType");
  rule.by_age = type == "sinceImagePushed";
  rule.patterns = strings_of(selection, "tagPatternList");
  for (const auto& prefix : strings_of(selection, "tagPrefixList")) rule.patterns.push_back(prefix + "*");
  if (rule.priority < 1) return "rulePriority must be a number of at least 1";
  if (rule.status != "tagged" && rule.status != "untagged" && rule.status != "any")
    return "tagStatus must be one of tagged, untagged, any";
  if ((rule.status == "tagged") == rule.patterns.empty())
    return "tagPrefixList or tagPatternList is needed for tagStatus tagged, and for no other";
  if (!rule.by_age && type != "imageCountMoreThan")
    return "countType must be one of imageCountMoreThan, sinceImagePushed";
  if (rule.by_age != (text_of(selection, "countUnit") == "days"))
    return "countUnit days is needed for countType sinceImagePushed, and for no other";
  if (rule.number < 1) return "countNumber must be a number of at least 1";
  if (text_of(member_of(text, "action"), "type") != "expire") return "action type must be expire";
  return {};
}

// The rules, the first to be applied first.
tl::expected<std::vector<LifecycleRule>, std::string> rules_of(const json& policy) {
  const json& texts = list_of(policy, "rules");
  if (texts.empty()) return tl::unexpected(std::string("rules must have one rule at least"));
  std::vector<LifecycleRule> rules;
  for (const json& text : texts) {
    LifecycleRule rule;
    if (const auto wrong = rule_of(text, rule); !wrong.empty()) return tl::unexpected(wrong);
    rules.push_back(std::move(rule));
  }
  std::sort(rules.begin(), rules.end(),
            [](const auto& one, const auto& other) { return one.priority < other.priority; });
  for (std::size_t i = 1; i < rules.size(); ++i) {
    if (rules[i - 1].priority == rules[i].priority)
      return tl::unexpected(std::string("rulePriority must be unique"));
    if (rules[i - 1].status == "any")
      return tl::unexpected(std::string("a rule with tagStatus any must have the highest rulePriority"));
  }
  return rules;
}

bool concerns(const LifecycleRule& rule, const Image& image) {
  if (rule.status == "any") return true;
  if (rule.status == "untagged") return image.tags.empty();
  return std::all_of(rule.patterns.begin(), rule.patterns.end(), [&](const std::string& pattern) {
    return std::any_of(image.tags.begin(), image.tags.end(),
                       [&](const std::string& tag) { return core::glob_matches(pattern, tag); });
  });
}

// Images that a manifest list names stay as long as the list does.
std::set<std::string> listed_images(const Repository& repository) {
  std::set<std::string> digests;
  for (const Image& image : repository.images) {
    const json manifest = json::parse(image.manifest, nullptr, false);
    for (const auto& digest : texts_at(manifest, "manifests.digest")) digests.insert(digest);
  }
  return digests;
}

// An image that a rule concerns is no later rule's, whether this one expires it or not.
std::set<std::string> expired(const Repository& repository, core::Timestamp now) {
  std::set<std::string> digests, seen = listed_images(repository);
  const auto rules = rules_of(repository.lifecycle_policy);
  if (!rules) return {};
  for (const LifecycleRule& rule : *rules) {
    std::vector<const Image*> its;
    for (const Image& image : repository.images) {
      if (concerns(rule, image) && seen.insert(image.digest).second) its.push_back(&image);
    }
    std::stable_sort(its.begin(), its.end(),
                     [](const Image* one, const Image* other) { return one->pushed > other->pushed; });
    for (std::size_t i = 0; i < its.size(); ++i) {
      const bool goes = rule.by_age ? now - its[i]->pushed > hours(24 * rule.number)
                                    : static_cast<long long>(i) >= rule.number;
      if (goes) digests.insert(its[i]->digest);
    }
  }
  return digests;
}

void evaluate_later(World& world, const std::string& region, const std::string& name, int policy,
                    core::Duration after) {
  world.clock.schedule_in(after, [&world, region, name, policy] {
    const auto found = world.ecr[region].repositories.find(name);
    if (found == world.ecr[region].repositories.end() || found->second.lifecycle_policies != policy) return;
    Repository& repository = found->second;
    const auto gone = expired(repository, world.clock.now());
    std::erase_if(repository.images, [&](const Image& image) { return gone.contains(image.digest); });
    repository.lifecycle_evaluated = world.clock.now();
    evaluate_later(world, region, name, policy, kBetweenEvaluations);
  });
}

// --- Operations

Reply no_such_repository(const World& world, const std::string& name) {
  return api_error("RepositoryNotFoundException", "The repository with name '" + name +
                                                      "' does not exist in the registry with id '" +
                                                      world.account + "'");
}

Repository* changeable_repository(World& world, const CallContext& call, const json& input) {
  auto& repositories = world.ecr[call.region].repositories;
  const auto found = repositories.find(text_of(input, "repositoryName"));
  return found == repositories.end() ? nullptr : &found->second;
}

json policy_shown(const World& world, const std::string& name, const Repository& repository) {
  return {{"registryId", world.account},
          {"repositoryName", name},
          {"lifecyclePolicyText", repository.lifecycle_policy.dump()}};
}

Reply get_or_delete_lifecycle_policy(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName");
  Repository* repository = changeable_repository(world, call, input);
  if (repository == nullptr) return no_such_repository(world, name);
  if (!repository->lifecycle_policy.is_object()) {
    return api_error("LifecyclePolicyNotFoundException",
                     "Lifecycle policy does not exist for the repository with name '" + name +
                         "' in the registry with id '" + world.account + "'");
  }
  json answer = policy_shown(world, name, *repository);
  if (repository->lifecycle_evaluated != core::Timestamp{})
    answer["lastEvaluatedAt"] = epoch(repository->lifecycle_evaluated);
  if (call.operation == "DeleteLifecyclePolicy") {
    repository->lifecycle_policy = nullptr;
    ++repository->lifecycle_policies;  // what is scheduled was for the old one
  }
  return answer;
}

Reply put_lifecycle_policy(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "repositoryName"), text = text_of(input, "lifecyclePolicyText");
  Repository* repository = changeable_repository(world, call, input);
  if (repository == nullptr) return no_such_repository(world, name);
  const auto invalid = [](const std::string& why) {
    return api_error("InvalidParameterException",
                     "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: " + why);
  };
  if (text.size() < kShortestPolicy || text.size() > kLongestPolicy)
    return invalid("'Member must have length between 100 and 30720'");
  const json policy = json::parse(text, nullptr, false);
  if (!policy.is_object()) return invalid("'Lifecycle policy validation failure: invalid JSON'");
  if (const auto rules = rules_of(policy); !rules)
    return invalid("'Lifecycle policy validation failure: " + rules.error() + "'");
  repository->lifecycle_policy = policy;
  const int number = ++repository->lifecycle_policies;
  evaluate_later(world, call.region, name, number, kFirstEvaluation);
  return policy_shown(world, name, *repository);
}

}  // namespace

void add_ecr_lifecycle(Registry& registry) {
  registry.add("ecr", "GetLifecyclePolicy", get_or_delete_lifecycle_policy);
  registry.add("ecr", "DeleteLifecyclePolicy", get_or_delete_lifecycle_policy);
  registry.add("ecr", "PutLifecyclePolicy", put_lifecycle_policy);
}

}  // namespace doctor::lab
