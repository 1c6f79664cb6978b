#include "facts/live.h"

#include <algorithm>

#include "aws/endpoint.h"
#include "core/arn.h"
#include "facts/absorb.h"
#include "facts/live_rules.h"
#include "facts/reading.h"

namespace doctor::facts {
namespace {

using core::Error;
using core::ErrorKind;

constexpr int kMostWaves = 12;  // rules that never come to rest are a bug, not a reason to ask AWS for ever
constexpr std::size_t kMostRunningTasks = 100;  // described of one service: a sample of what still runs
constexpr std::size_t kShownNames = 10;
constexpr std::string_view kNoAccount = "000000000000";

struct Run {
  Board board;
  const LiveOptions& options;
  Target target;
  std::vector<std::string> regions;
  Facts facts = {};
  std::vector<Names> names = {};  // by place
  bool cluster_missing = false;
  int answered = 0;                   // questions, but for who is asking
  std::optional<Error> failure = {};  // the most telling of the questions that failed
};

core::Result<std::vector<std::string>> regions_of(const aws::Client& client, const Scope& scope) {
  std::vector<std::string> regions = scope.regions;
  // A task's ARN says where it ran.
  if (const auto arn = core::Arn::parse(scope.task); arn && core::is_region_name(arn->region))
    regions = {arn->region};
  if (regions.empty() && !client.region().empty()) regions = {client.region()};
  if (regions.empty())
    return core::fail(ErrorKind::usage, "no region is configured",
                      "name one with --region, or set AWS_REGION");
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  for (const std::string& region : regions) {
    if (!aws::is_region(region)) return core::fail(aws::not_a_region(region, "--region"));
  }
  return regions;
}

// "task/prod/0f9d" and "service/prod/web" name their cluster; the old short form of an ARN does not.
std::string cluster_in(const std::string& text) {
  const auto arn = core::Arn::parse(text);
  if (!arn) return {};
  const auto first = arn->resource.find('/');
  const auto last = arn->resource.rfind('/');
  return first == last ? std::string{} : arn->resource.substr(first + 1, last - first - 1);
}

Target target_of(const Scope& scope, core::Timestamp now) {
  Target t;
  t.cluster = core::short_name(scope.cluster);
  if (t.cluster.empty()) t.cluster = cluster_in(scope.service);
  if (t.cluster.empty()) t.cluster = cluster_in(scope.task);
  t.service = core::short_name(scope.service);
  t.task = core::short_name(scope.task);
  t.now = now;
  t.since = scope.since;
  t.look_back = std::max<core::Duration>(scope.since, std::chrono::hours{24});
  return t;
}

std::string text_in(const std::string& json, std::string_view key) {
  const auto document = core::JsonDocument::parse(json, "answer");
  return document ? std::string(document->root()[key].string_or()) : std::string{};
}

// Lists lead to further questions.
void note_names(Names& names, const Question& question, const Json& answer) {
  const std::string cluster = text_in(question.input, "cluster");
  if (question.operation == "ListClusters") {
    for (const std::string& arn : answer["clusterArns"].strings()) names.clusters.insert(arn);
  } else if (question.operation == "ListServices") {
    for (const std::string& arn : answer["serviceArns"].strings()) names.services[cluster].insert(arn);
  } else if (question.operation == "ListTasks") {
    auto arns = answer["taskArns"].strings();
    if (text_in(question.input, "desiredStatus") == "RUNNING" && arns.size() > kMostRunningTasks)
      arns.resize(kMostRunningTasks);
    names.tasks[cluster].insert(arns.begin(), arns.end());
  }
}

std::string file_name(const Question& question, std::string_view ending) {
  return question.service + "." + cli_operation(question.operation) +
         (question.subject.empty() ? "" : "." + question.subject) + std::string(ending);
}

core::Result<void> record(const Run& run, std::size_t place, const Question& question,
                          const std::string& text, std::string_view ending) {
  if (!run.options.record) return {};
  const Place& at = run.facts.places[place];
  return run.options.record(at.account.empty() ? std::string(kNoAccount) : at.account, at.region,
                            file_name(question, ending), text);
}

// That there is no such cluster or service is said at the end, once, if no region has it.
bool says_not_there(const Reply& reply) {
  return reply.error.code == "ClusterNotFoundException" || reply.error.code == "ServiceNotFoundException";
}

// Which of two failures tells the user more about why nothing could be read.
int telling(const Error& error) {
  if (error.kind == ErrorKind::refused) return error.code.find("AccessDenied") == std::string::npos ? 3 : 2;
  return error.kind == ErrorKind::unreachable ? 1 : 0;
}

core::Result<void> take_refusal(Run& run, const Reply& reply) {
  const Question& q = reply.question;
  if (says_not_there(reply)) {
    run.cluster_missing = run.cluster_missing || reply.error.code == "ClusterNotFoundException";
    ++run.answered;
    return {};
  }
  if (!run.failure || telling(reply.error) > telling(*run.failure)) run.failure = reply.error;
  const std::string operation = cli_operation(q.operation);
  for (const std::size_t place : q.places) {
    absorb_refusal(run.facts, run.facts.places[place], {q.service, operation, q.subject}, reply.refusal);
    if (auto done = record(run, place, q, reply.refusal, ".error.txt"); !done) return done;
  }
  return {};
}

// What does not absorb is not recorded either: a snapshot must read back.
core::Result<void> take_answer(Run& run, const Reply& reply) {
  const Question& q = reply.question;
  const std::string operation = cli_operation(q.operation);
  const auto document = core::JsonDocument::parse(reply.text, "the answer of " + q.service + " " + operation);
  for (const std::size_t place : q.places) {
    Place& at = run.facts.places[place];
    core::Result<void> done;
    if (!document) {
      done = core::fail(document.error());
    } else {
      done = absorb(run.facts, at, {q.service, operation, q.subject}, document->root());
    }
    if (!done) {
      at.gaps.push_back(
          {q.service, operation, q.subject, {}, core::printable(done.error().sentence), {}, {}});
      continue;
    }
    note_names(run.names[place], q, document->root());
    if (auto kept = record(run, place, q, reply.text, ".json"); !kept) return kept;
  }
  if (q.service != "sts") ++run.answered;
  return {};
}

// Before anything is recorded: the folder carries the account's name.
void note_account(Run& run, const std::vector<Reply>& replies) {
  std::string account;
  for (const Reply& reply : replies) {
    if (reply.question.service == "sts") account = text_in(reply.text, "Account");
  }
  for (const Reply& reply : replies) {
    // GetCallerIdentity cannot be denied, but its endpoint may be out of reach.
    const auto at = account.empty() ? reply.text.find("\"arn:aws") : std::string::npos;
    if (at == std::string::npos) continue;
    const auto arn = core::Arn::parse(reply.text.substr(at + 1, reply.text.find('"', at + 1) - at - 1));
    if (arn && core::is_account_id(arn->account)) account = arn->account;
  }
  for (Place& place : run.facts.places) place.account = account;
}

core::Result<void> run_wave(Run& run) {
  const auto replies = run.board.run();
  if (run.board.waves() == 1) note_account(run, replies);
  for (const Reply& reply : replies) {
    if (reply.error.kind == ErrorKind::cancelled && !reply.refusal.empty()) return core::fail(reply.error);
    auto done = reply.refusal.empty() ? take_answer(run, reply) : take_refusal(run, reply);
    if (!done) return done;
  }
  return {};
}

void ask_everything(Run& run) {
  for (std::size_t i = 0; i < run.facts.places.size(); ++i) {
    View view{run.board, run.target, run.names[i], run.facts.places[i], i, run.regions, run.options.roles,
              {},        {},         {},           run.options.also};
    if (run.options.sharing != 0) {
      ask_sharing(view, run.options.sharing);
      continue;
    }
    if (run.options.network_only) {
      ask_whole_network(view);
      if (run.target.service.empty() && run.target.task.empty()) continue;
      choose(view);
      ask_names(view);
      ask_definitions(view);
      continue;
    }
    choose(view);
    ask_names(view);
    ask_definitions(view);
    ask_network(view);
    ask_access(view);
    ask_resource_policies(view);
    ask_images_and_logs(view);
    ask_watchers(view);
  }
}

std::string listed(const std::set<std::string>& names, std::string_view what) {
  if (names.empty()) return "there are no " + std::string(what) + "s in ";
  std::string out = "the " + std::string(what) + "s are ";
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown == kShownNames) {
      out += " and " + std::to_string(names.size() - shown) + " more";
      break;
    }
    out += (shown++ == 0 ? "" : ", ") + name;
  }
  return out + " in ";
}

std::string region_list(const Run& run) {
  std::string out;
  for (const std::string& region : run.regions) out += (out.empty() ? "" : ", ") + region;
  return out;
}

// One more question, so that the error can say what there is.
std::set<std::string> names_there_are(Run& run, std::string_view operation, const std::string& input,
                                      std::string_view key) {
  for (std::size_t i = 0; i < run.facts.places.size(); ++i)
    run.board.ask(i, run.regions[i], "ecs", operation, input);
  std::set<std::string> out;
  for (const Reply& reply : run.board.run()) {
    if (reply.text.empty()) continue;
    const auto document = core::JsonDocument::parse(reply.text, "answer");
    if (!document) continue;
    for (const std::string& arn : document->root()[key].strings()) out.emplace(core::short_name(arn));
  }
  return out;
}

template <class Map>
bool has_named(const Map& items, const std::string& name) {
  return std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.second.name == name; });
}

core::Result<void> check_cluster(Run& run) {
  const std::string& cluster = run.target.cluster;
  bool asked = run.cluster_missing;
  for (const Place& place : run.facts.places) {
    if (has_named(place.clusters, cluster) || !place.services.empty() || !place.tasks.empty()) return {};
    asked = asked || place.knows("ecs.describe-clusters");
  }
  if (cluster.empty() || !asked) return {};
  const auto there = names_there_are(run, "ListClusters", "{}", "clusterArns");
  return core::fail(ErrorKind::not_found, "there is no cluster '" + cluster + "' in " + region_list(run),
                    listed(there, "cluster") + region_list(run));
}

core::Result<void> check_service(Run& run) {
  const std::string& service = run.target.service;
  bool asked = false;
  std::set<std::string> there;
  for (const Place& place : run.facts.places) {
    if (has_named(place.services, service)) return {};
    asked = asked || place.knows("ecs.describe-services");
  }
  if (service.empty() || !asked) return {};
  if (!run.target.cluster.empty())
    there = names_there_are(run, "ListServices",
                            "{\"cluster\":" + core::json_quoted(run.target.cluster) + "}", "serviceArns");
  const std::string where =
      run.target.cluster.empty() ? region_list(run) : "cluster '" + run.target.cluster + "'";
  return core::fail(ErrorKind::not_found, "there is no service '" + service + "' in " + where,
                    run.target.cluster.empty() ? "name its cluster with --cluster, or another --region"
                                               : listed(there, "service") + where);
}

core::Result<void> check_task(const Run& run) {
  bool asked = false;
  for (const Place& place : run.facts.places) {
    if (!place.tasks.empty()) return {};
    asked = asked || place.knows("ecs.describe-tasks");
  }
  if (run.target.task.empty() || !asked) return {};
  return core::fail(
      ErrorKind::not_found,
      "Amazon ECS does not know task '" + run.target.task + "' in " + region_list(run) + " any more",
      "ECS shows a stopped task for about an hour: diagnose its service with --service, or a snapshot "
      "with its EventBridge events");
}

core::Result<void> check_found(Run& run) {
  if (run.answered == 0 && run.failure) return core::fail(*run.failure);
  if (auto done = check_cluster(run); !done) return done;
  if (auto done = check_service(run); !done) return done;
  return check_task(run);
}

}  // namespace

core::Result<Facts> read_live(aws::Client& client, const LiveOptions& options, const core::Clock& clock) {
  const auto regions = regions_of(client, options.scope);
  if (!regions) return core::fail(regions.error());
  Run run{Board(client, options.hide_account_ids), options, target_of(options.scope, clock.now()), *regions};
  for (const std::string& region : *regions) {
    run.facts.places.emplace_back().region = region;
    run.names.emplace_back();
  }
  for (int wave = 0; wave < kMostWaves; ++wave) {
    ask_everything(run);
    if (!run.board.has_questions()) break;
    if (auto done = run_wave(run); !done) return core::fail(done.error());
    // Without a single answer there is nothing to go on with.
    if (run.answered == 0 && run.failure) return core::fail(*run.failure);
  }
  if (auto done = check_found(run); !done) return core::fail(done.error());
  for (Place& place : run.facts.places) put_in_order(place);
  return std::move(run.facts);
}

}  // namespace doctor::facts
