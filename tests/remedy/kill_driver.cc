// The kill matrix: a plan of eight steps is applied to the lab by a process that is killed (SIGKILL) at every
// write of its journal and at every call of AWS, before and after the lab has taken it; another process then
// resumes the run or takes it back. In every cell the end must be the one state or the other, with every
// change made once, and the journal must say so.
//
//   kill_driver                 the matrix; prints the count of cells
//   kill_driver thorough        with runs that are killed twice, and rollbacks that are resumed
//   kill_driver child URL JOURNAL PLAN MODE CRASH_AT REPORT     (what it starts)
//
// The program itself knows nothing of all this: the boundaries are counted by a Client and a Journal that
// stand in front of the real ones.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "lab/scenario_town.h"
#include "lab/server.h"
#include "lab/service_desk.h"
#include "remedy/apply.h"
#include "remedy/live_state.h"

extern char** environ;

namespace doctor {
namespace {

using nlohmann::json;
using remedy::Journal;
using remedy::Plan;
using remedy::Step;

// ---------------------------------------------------------------- the child

class Boundaries {
 public:
  explicit Boundaries(int crash_at) : crash_at_(crash_at) {}
  void pass() {
    if (++passed_ == crash_at_) kill(getpid(), SIGKILL);
  }
  int passed() const { return passed_; }

 private:
  int crash_at_, passed_ = 0;
};

class MortalClient final : public aws::Client {
 public:
  MortalClient(std::unique_ptr<aws::Client> real, Boundaries& boundaries)
      : real_(std::move(real)), boundaries_(boundaries) {}
  std::vector<core::Result<aws::Answer>> run(std::span<const aws::Call> calls) override {
    std::vector<core::Result<aws::Answer>> answers;
    for (const auto& call : calls) {
      boundaries_.pass();
      answers.push_back(std::move(real_->run({&call, 1}).front()));
      boundaries_.pass();
    }
    return answers;
  }
  std::string region() const override { return real_->region(); }
  aws::Statistics statistics() const override { return real_->statistics(); }

 private:
  std::unique_ptr<aws::Client> real_;
  Boundaries& boundaries_;
};

class MortalJournal final : public Journal {
  template <class Write>
  auto around(Write write) {
    boundaries_.pass();
    auto result = write();
    boundaries_.pass();
    return result;
  }

 public:
  MortalJournal(std::unique_ptr<Journal> real, Boundaries& boundaries)
      : real_(std::move(real)), boundaries_(boundaries) {}
  core::Result<std::string> begin(const Plan& plan, core::Timestamp now) override {
    return around([&] { return real_->begin(plan, now); });
  }
  core::Result<void> hold(const std::string& run) override { return real_->hold(run); }
  core::Result<void> lease(const std::string& run, const std::vector<remedy::Resource>& resources,
                           core::Timestamp now, core::Duration span) override {
    return around([&] { return real_->lease(run, resources, now, span); });
  }
  core::Result<void> release(const std::string& run) override {
    return around([&] { return real_->release(run); });
  }
  core::Result<void> intend(const remedy::Entry& entry) override {
    return around([&] { return real_->intend(entry); });
  }
  core::Result<void> conclude(const remedy::Entry& entry) override {
    return around([&] { return real_->conclude(entry); });
  }
  core::Result<void> set_state(const std::string& run, remedy::RunState state, core::Timestamp now) override {
    return around([&] { return real_->set_state(run, state, now); });
  }
  core::Result<remedy::Run> run(const std::string& id) const override { return real_->run(id); }
  core::Result<std::vector<remedy::Run>> runs() const override { return real_->runs(); }

 private:
  std::unique_ptr<Journal> real_;
  Boundaries& boundaries_;
};

// Real time, and what was slept on top of it: waiting costs nothing here.
class EagerClock final : public core::Clock {
 public:
  core::Timestamp now() const override { return core::SystemClock{}.now() + slept; }
  core::Duration slept{0};
};

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<aws::Client> client_of(const std::string& url) {
  aws::ClientOptions options;
  options.region = "eu-west-1";
  options.endpoint_url = url;
  return std::move(*aws::Client::make(options));
}

// The report's result goes to a file: "done 172" is a result and the count of boundaries that were passed.
int child(const std::string& url, const std::string& journal_path, const std::string& plan_path,
          const std::string& mode, int crash_at, const std::string& report_path) {
  Boundaries boundaries(crash_at);
  MortalClient client(client_of(url), boundaries);
  auto opened = Journal::open(journal_path);
  if (!opened) return std::fprintf(stderr, "%s\n", core::to_line(opened.error()).c_str()), 9;
  MortalJournal journal(std::move(*opened), boundaries);
  EagerClock clock;
  remedy::ApplyOptions options;
  options.sleep = [&](core::Duration span) { clock.slept += span; };
  core::Result<remedy::RunReport> report = core::fail(core::ErrorKind::usage, mode);
  if (mode == "apply") {
    const auto plan = remedy::plan_of(text_of_file(plan_path), plan_path);
    if (!plan) return std::fprintf(stderr, "%s\n", core::to_line(plan.error()).c_str()), 9;
    report = remedy::apply(client, journal, *plan, options, clock);
  } else if (mode == "resume") {
    report = remedy::resume(client, journal, "last", options, clock);
  } else {
    report = remedy::roll_back(client, journal, "last", options, clock);
  }
  std::ofstream out(report_path);
  if (!report) {
    out << "error " << boundaries.passed() << " " << core::to_line(report.error()) << "\n";
  } else {
    out << remedy::result_name(report->result) << " " << boundaries.passed() << " " << report->why << "\n";
    for (const auto& line : report->differences) out << line << "\n";
    for (const auto& line : report->warnings) out << line << "\n";
  }
  return 0;
}

// ---------------------------------------------------------------- the world and the plan

const core::Timestamp kPresent = core::SystemClock{}.now();

core::Duration real_now() {
  return core::SystemClock{}.now().time_since_epoch();
}

// A lab of a cell's own: the same seed and the same history, the same ids.
struct CellLab {
  CellLab() : world({.seed = 7, .now = kPresent}), desk(world, {}) {
    world.real_time = real_now();
    lab::Town town(world, {.history = std::chrono::minutes{10}, .siblings = false});
    town.add_app(lab::web_app(2));
    town.until(std::chrono::minutes{0});
    group = town.app_group;
    vpc = town.vpc;
    for (const auto& [region, trail] : world.trail) quiet_events[region] = trail.events.size();
    server = std::move(*lab::Server::start(desk, 0, core::Duration{0}));
    desk.open(server->port(), real_now());
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

  lab::World world;
  lab::ServiceDesk desk;
  std::unique_ptr<lab::Server> server;
  std::string group, vpc;
  std::map<std::string, std::size_t> quiet_events;  // of the trail, before anything is applied
};

// What changed the world, by operation, behind the scenario: "ec2 CreateVpcEndpoint" → how often it was
// taken.
std::map<std::string, int> changes_in(CellLab& cell) {
  cell.server.reset();
  std::map<std::string, int> counts;
  std::map<std::string, bool> endpoints;
  for (const auto& [region, trail] : cell.world.trail) {
    for (std::size_t i = cell.quiet_events[region]; i < trail.events.size(); ++i) {
      const auto& event = trail.events[i];
      if (event.read_only || event.record.contains("errorCode")) continue;
      if (lab::text_of(event.record.value("userIdentity", json::object()), "arn") != cell.world.operator_arn)
        continue;
      // The same token again is the same call: AWS answers it, and makes nothing.
      if (event.name == "CreateVpcEndpoint") {
        const auto id =
            event.record.at("responseElements").at("vpcEndpoint").at("vpcEndpointId").get<std::string>();
        if (std::exchange(endpoints[id], true)) continue;
      }
      ++counts[event.name];
    }
  }
  return counts;
}

std::string state_now(aws::Client& client, const remedy::Resource& resource) {
  const auto live = remedy::read_state(client, remedy::kind_named, resource);
  return live ? live->state : "error: " + core::to_line(live.error());
}

class PlanWriter {
 public:
  PlanWriter(aws::Client& client, Plan& plan) : client_(client), plan_(plan) {}
  void add(const std::string& title, const std::string& kind, const std::string& id,
           const std::string& service, const std::string& operation, const json& input,
           std::vector<remedy::Effect> effects, const std::string& inverse, const json& inverse_input) {
    Step step;
    step.id = std::to_string(plan_.steps.size() + 1);
    step.fix = "matrix";
    step.title = title;
    step.resource = {kind, id, plan_.account, service == "iam" ? "us-east-1" : plan_.region};
    step.before = state_now(client_, step.resource);
    step.request = {service, operation, step.resource.region, input.dump()};
    step.effects = std::move(effects);
    step.inverse = {service, inverse, step.resource.region, inverse_input.dump()};
    plan_.steps.push_back(std::move(step));
  }
  Step& last() { return plan_.steps.back(); }

 private:
  aws::Client& client_;
  Plan& plan_;
};

json field(aws::Client& client, const std::string& service, const std::string& operation, const json& input,
           const std::string& pointer) {
  const aws::Call call{service, operation, "eu-west-1", input.dump()};
  const auto answers = client.run({&call, 1});
  if (!answers.front()) {
    std::fprintf(stderr, "%s\n", core::to_line(answers.front().error()).c_str());
    std::exit(1);
  }
  return json::parse(answers.front()->json).at(json::json_pointer(pointer));
}

Plan plan_for(const CellLab& cell, aws::Client& client) {
  Plan plan;
  plan.family = "FargateSpotInterrupted";
  plan.cause = "spot.zone_reclaim";
  plan.account = cell.world.account;
  plan.region = "eu-west-1";
  plan.cluster = "prod";
  plan.service = "web";
  plan.made_at = kPresent;
  const json service =
      field(client, "ecs", "DescribeServices", {{"cluster", "prod"}, {"services", {"web"}}}, "/services/0");
  const std::string arn = service.at("serviceArn"),
                    target_group = service.at("loadBalancers").at(0).at("targetGroupArn");
  const json definition =
      field(client, "ecs", "DescribeTaskDefinition", {{"taskDefinition", "web"}}, "/taskDefinition");
  json next;
  for (const char* key : {"family", "cpu", "memory", "networkMode", "executionRoleArn", "taskRoleArn",
                          "requiresCompatibilities", "containerDefinitions"}) {
    next[key] = definition.at(key);
  }
  next["containerDefinitions"][0]["stopTimeout"] = 117;
  const json healthy = {{"minimumHealthyPercent", 50}, {"maximumPercent", 200}};
  json was = service.at("deploymentConfiguration");
  const json rule = {{{"IpProtocol", "tcp"},
                      {"FromPort", 8443},
                      {"ToPort", 8443},
                      {"IpRanges", {{{"CidrIp", "10.9.0.0/16"}}}}}};
  const json policy = {
      {"Version", "2012-10-17"},
      {"Statement", {{{"Effect", "Allow"}, {"Action", "ssmmessages:OpenDataChannel"}, {"Resource", "*"}}}}};
  const std::string endpoint = "com.amazonaws.eu-west-1.sqs";

  PlanWriter steps(client, plan);
  steps.add("Wait less before a target is forgotten", "elbv2:target-group-attributes", target_group, "elbv2",
            "ModifyTargetGroupAttributes",
            {{"TargetGroupArn", target_group},
             {"Attributes", {{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", "15"}}}}},
            {{"/deregistration_delay.timeout_seconds", R"("15")"}}, "ModifyTargetGroupAttributes",
            {{"TargetGroupArn", target_group},
             {"Attributes", {{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", "60"}}}}});
  steps.add("Let 10.9.0.0/16 in on 8443", "ec2:security-group", cell.group, "ec2",
            "AuthorizeSecurityGroupIngress", {{"GroupId", cell.group}, {"IpPermissions", rule}},
            {{"/Ingress/tcp 8443-8443 10.9.0.0~116", R"({})"}}, "RevokeSecurityGroupIngress",
            {{"GroupId", cell.group}, {"IpPermissions", rule}});
  steps.add("Allow a data channel", "iam:role-policy", "web-task/matrix", "iam", "PutRolePolicy",
            {{"RoleName", "web-task"}, {"PolicyName", "matrix"}, {"PolicyDocument", policy.dump()}}, {},
            "DeleteRolePolicy", {{"RoleName", "web-task"}, {"PolicyName", "matrix"}});
  steps.last().effects = {{"/PolicyName", R"("matrix")"}};
  steps.add("Warn at 80 percent", "cloudwatch:alarm", "matrix", "cloudwatch", "PutMetricAlarm",
            {{"AlarmName", "matrix"},
             {"Namespace", "AWS/ECS"},
             {"MetricName", "CPUUtilization"},
             {"Statistic", "Average"},
             {"Period", 60},
             {"EvaluationPeriods", 3},
             {"Threshold", 80},
             {"ComparisonOperator", "GreaterThanThreshold"}},
            {{"/Threshold", "80.0"}}, "DeleteAlarms", {{"AlarmNames", {"matrix"}}});
  steps.add("Make an endpoint", "ec2:vpc-endpoint", cell.vpc + "/" + endpoint, "ec2", "CreateVpcEndpoint",
            {{"VpcId", cell.vpc},
             {"ServiceName", endpoint},
             {"VpcEndpointType", "Interface"},
             {"ClientToken", "${run.id}-${step.id}"}},
            {{"/ServiceName", "\"" + endpoint + "\""}}, "DeleteVpcEndpoints",
            {{"VpcEndpointIds", {"${self.VpcEndpoint.VpcEndpointId}"}}});
  steps.last().replay = remedy::Replay::client_token;
  steps.add("Register a revision", "ecs:task-definition", "web", "ecs", "RegisterTaskDefinition", next,
            {{"/containerDefinitions/0/stopTimeout", "117"}}, "DeregisterTaskDefinition",
            {{"taskDefinition", "${self.taskDefinition.taskDefinitionArn}"}});
  steps.add(
      "Run it", "ecs:service", arn, "ecs", "UpdateService",
      {{"cluster", "prod"}, {"service", "web"}, {"taskDefinition", "${6.taskDefinition.taskDefinitionArn}"}},
      {{"/taskDefinition", R"("${6.taskDefinition.taskDefinitionArn}")"}}, "UpdateService",
      {{"cluster", "prod"}, {"service", "web"}, {"taskDefinition", definition.at("taskDefinitionArn")}});
  steps.last().probe = {{}, "/desiredCount", "2", std::chrono::minutes{1}};
  steps.add("Replace half at a time", "ecs:service", arn, "ecs", "UpdateService",
            {{"cluster", "prod"}, {"service", "web"}, {"deploymentConfiguration", healthy}},
            {{"/deploymentConfiguration/minimumHealthyPercent", "50"}}, "UpdateService",
            {{"cluster", "prod"}, {"service", "web"}, {"deploymentConfiguration", was}});
  return plan;
}

// ---------------------------------------------------------------- the matrix

struct Ending {
  bool killed = false;
  std::string report;  // "done 172 …"
  std::string result() const { return report.substr(0, report.find(' ')); }
  int boundaries() const { return std::atoi(report.c_str() + std::min(report.find(' ') + 1, report.size())); }
};

struct Workplace {
  std::filesystem::path folder;
  std::string plan;
  int cell = 0;
  std::string journal() const { return (folder / ("journal-" + std::to_string(cell))).string(); }
};

Ending run_child(const Workplace& place, const CellLab& cell, const std::string& mode, int crash_at) {
  const std::string report = place.journal() + ".report", crash = std::to_string(crash_at), url = cell.url(),
                    journal = place.journal();
  std::filesystem::remove(report);
  const char* arguments[] = {
      "kill_driver", "child",       url.c_str(),    journal.c_str(), place.plan.c_str(),
      mode.c_str(),  crash.c_str(), report.c_str(), nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, const_cast<char* const*>(arguments), environ) !=
      0)
    std::exit(1);
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, text_of_file(report)};
}

struct Matrix {
  Plan plan;
  std::map<std::string, int> forward;  // operation → how often the whole plan needs it
  int apply_boundaries = 0, rollback_boundaries = 0;
  std::atomic<int> next{0}, failed{0};
  std::mutex print;
};

struct Cell {
  char column;  // see kColumns
  int crash_at;
};
constexpr const char* kColumns[] = {"apply killed, then resumed", "apply killed, then taken back",
                                    "rollback killed, then taken back", "rollback killed, then resumed",
                                    "apply killed, its resumption killed, then resumed"};

// "" where the cell ended as it must.
std::string judge(Matrix& matrix, const Workplace& place, CellLab& cell, bool forward, const Ending& end) {
  if (end.result() != (forward ? "done" : "rolled_back") && end.result() != "nothing_to_do")
    return "ended: " + end.report;
  const auto client = client_of(cell.url());
  for (const auto& step : matrix.plan.steps) {
    const std::string state = state_now(*client, step.resource);
    if (!forward && state != step.before) {
      std::string lines;
      for (const auto& line : remedy::differences(step.before, state)) lines += "\n  " + line;
      return "step " + step.id + " is not as before:" + lines;
    }
    const auto known = step.id == "7" ? std::vector<remedy::Effect>{} : step.effects;
    if (forward && !remedy::has_effects(state, known)) return "step " + step.id + " has no effect: " + state;
  }
  const auto journal = Journal::open(place.journal());
  const auto runs = (*journal)->runs();
  if (!runs) return core::to_line(runs.error());
  for (const auto& run : *runs) {
    const auto wanted = forward ? remedy::RunState::done : remedy::RunState::rolled_back;
    if (run.state != wanted) return "the journal's state is " + std::string(remedy::state_name(run.state));
    for (const auto& entry : run.entries) {
      if (entry.open()) return "an entry is open";
    }
  }
  const auto counts = changes_in(cell);
  const auto count = [&](const std::string& operation) {
    const auto found = counts.find(operation);
    return found == counts.end() ? 0 : found->second;
  };
  if (forward && counts != matrix.forward) return "not every change was made once";
  if (forward) return {};
  // Every change that was made was taken back once; an operation that is its own inverse comes in pairs.
  for (const auto& [there, back] : {std::pair{"AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"},
                                    {"PutRolePolicy", "DeleteRolePolicy"},
                                    {"PutMetricAlarm", "DeleteAlarms"},
                                    {"CreateVpcEndpoint", "DeleteVpcEndpoints"},
                                    {"RegisterTaskDefinition", "DeregisterTaskDefinition"}}) {
    if (count(there) > 1 || count(there) != count(back))
      return std::string(there) + " and " + back + " do not match";
  }
  if (count("ModifyTargetGroupAttributes") % 2 != 0 || count("ModifyTargetGroupAttributes") > 2)
    return "ModifyTargetGroupAttributes";
  if (count("UpdateService") % 2 != 0 || count("UpdateService") > 4) return "UpdateService";
  return {};
}

std::string run_cell(Matrix& matrix, Workplace& place, const Cell& what) {
  CellLab cell;
  const bool kills_apply = what.column == 0 || what.column == 1 || what.column == 4;
  if (!kills_apply) {
    const auto done = run_child(place, cell, "apply", 0);
    if (done.result() != "done") return "could not be applied: " + done.report;
  }
  const auto killed = run_child(place, cell, kills_apply ? "apply" : "rollback", what.crash_at);
  if (!killed.killed) return "was not killed: " + killed.report;
  std::string mode = what.column == 0 || what.column == 3 || what.column == 4 ? "resume" : "rollback";
  if (what.column == 4) {
    // Somewhere in what is left, the place differing from cell to cell.
    const int again = 1 + (what.crash_at * 7) % std::max(2, matrix.apply_boundaries - what.crash_at);
    (void)run_child(place, cell, "resume", again);
  }
  Ending end = run_child(place, cell, mode, 0);
  // Killed before the journal had heard of it: nothing was begun, and nothing is there to resume.
  bool forward = what.column == 0 || what.column == 4;
  if (end.result() == "error" && end.report.find("there is no run yet") != std::string::npos) {
    if (!kills_apply || what.crash_at > matrix.apply_boundaries / 4) return "lost its run";
    end = run_child(place, cell, forward ? "apply" : "apply", 0);
    forward = true;
  }
  // A rollback that had not begun, or had ended, leaves a run that is over: resuming it changes nothing.
  if (what.column == 3 && end.result() == "nothing_to_do") {
    const auto journal = Journal::open(place.journal());
    forward = (*journal)->run("last")->state == remedy::RunState::done;
  }
  return judge(matrix, place, cell, forward, end);
}

void work(Matrix& matrix, const std::vector<Cell>& cells, const Workplace& base) {
  for (int i = matrix.next++; i < static_cast<int>(cells.size()); i = matrix.next++) {
    Workplace place = base;
    place.cell = i;
    const auto& cell = cells[static_cast<std::size_t>(i)];
    const std::string wrong = run_cell(matrix, place, cell);
    for (const char* suffix : {"", "-wal", "-shm", "-runs", ".report"})
      std::filesystem::remove(place.journal() + suffix);
    if (wrong.empty()) continue;
    ++matrix.failed;
    const std::lock_guard lock(matrix.print);
    std::printf("%s, at boundary %d: %s\n", kColumns[static_cast<int>(cell.column)], cell.crash_at,
                wrong.c_str());
    std::fflush(stdout);
  }
}

int whole_matrix(bool thorough) {
  const auto begun = std::chrono::steady_clock::now();
  setenv("AWS_ACCESS_KEY_ID", "AKIALABEXAMPLE000001", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "lab", 1);
  setenv("AWS_CONFIG_FILE", "/dev/null", 1);
  setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
  for (const char* name : {"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL"}) unsetenv(name);
  const std::filesystem::path memory = "/dev/shm";
  std::string pattern =
      ((access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path()) /
       "kill-matrix-XXXXXX")
          .string();
  Workplace place{mkdtemp(pattern.data()), {}, -1};
  place.plan = (place.folder / "plan.json").string();
  Matrix matrix;
  {
    CellLab cell;
    const auto client = client_of(cell.url());
    matrix.plan = plan_for(cell, *client);
    std::ofstream(place.plan) << remedy::plan_json(matrix.plan);
    const auto applied = run_child(place, cell, "apply", 0);
    if (applied.result() != "done")
      return std::printf("the plan itself fails: %s\n", applied.report.c_str()), 1;
    matrix.apply_boundaries = applied.boundaries();
    const auto back = run_child(place, cell, "rollback", 0);
    if (back.result() != "rolled_back")
      return std::printf("the rollback itself fails: %s\n", back.report.c_str()), 1;
    matrix.rollback_boundaries = back.boundaries();
    for (const auto& step : matrix.plan.steps) ++matrix.forward[step.request.operation];
  }
  std::vector<Cell> cells;
  for (int at = 1; at <= matrix.apply_boundaries; ++at) {
    for (const char column : {0, 1, 4}) {
      if (column < 3 || thorough) cells.push_back({column, at});
    }
  }
  for (int at = 1; at <= matrix.rollback_boundaries; ++at) {
    for (const char column : {2, 3}) {
      if (column < 3 || thorough) cells.push_back({column, at});
    }
  }
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::max(2u, std::thread::hardware_concurrency()); ++i) {
    workers.emplace_back([&] { work(matrix, cells, place); });
  }
  for (auto& worker : workers) worker.join();
  std::filesystem::remove_all(place.folder);
  const auto took = std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - begun);
  std::printf(
      "kill matrix: %zu steps, %d boundaries of apply, %d of rollback, %zu cells, %d failed, %lld ms\n",
      matrix.plan.steps.size(), matrix.apply_boundaries, matrix.rollback_boundaries, cells.size(),
      matrix.failed.load(), static_cast<long long>(took.count()));
  return matrix.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace doctor

int main(int argc, char** argv) {
  if (argc == 8 && std::string_view(argv[1]) == "child") {
    return doctor::child(argv[2], argv[3], argv[4], argv[5], std::atoi(argv[6]), argv[7]);
  }
  return doctor::whole_matrix(argc == 2 && std::string_view(argv[1]) == "thorough");
}
