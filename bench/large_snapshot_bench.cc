// 10,000 stopped tasks in 500 services, from a snapshot to the report: time, memory, and the ratio to merely
// parsing the same files with nlohmann-json (the peer: what a straightforward program would pay before its
// first thought).
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "diagnose/diagnose.h"
#include "facts/snapshot.h"
#include "report/report.h"

using namespace doctor;
namespace fs = std::filesystem;

namespace {

constexpr int kServices = 500, kTasksEach = 20;
constexpr const char* kCluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";

std::string hex(std::uint64_t n, int width) {
  char text[40];
  std::snprintf(text, sizeof text, "%0*llx", width,
                static_cast<unsigned long long>(n * 0x9E3779B97F4A7C15ull));
  return std::string(text).substr(0, static_cast<std::size_t>(width));
}

std::string at(int seconds) {
  return core::to_iso(core::Timestamp{std::chrono::seconds{1795489200 + seconds}});
}

nlohmann::json stopped_task(int service, int n) {
  const std::string name = "service-" + std::to_string(service);
  const std::string id =
      hex(static_cast<std::uint64_t>(service) * 100 + n + 1, 16) + hex(static_cast<std::uint64_t>(n) + 7, 16);
  const bool spot = service % 3 != 0;
  const std::string zone = std::string("eu-west-1") + "abc"[service % 5 == 0 ? n % 3 : service % 3];
  return {{"taskArn", "arn:aws:ecs:eu-west-1:111122223333:task/prod/" + id},
          {"clusterArn", kCluster},
          {"taskDefinitionArn", "arn:aws:ecs:eu-west-1:111122223333:task-definition/" + name + ":1"},
          {"group", "service:" + name},
          {"availabilityZone", zone},
          {"capacityProviderName", spot ? "FARGATE_SPOT" : "FARGATE"},
          {"launchType", "FARGATE"},
          {"platformVersion", "1.4.0"},
          {"lastStatus", "STOPPED"},
          {"desiredStatus", "STOPPED"},
          {"stopCode", spot ? "SpotInterruption" : "EssentialContainerExited"},
          {"stoppedReason", spot ? "Your Spot Task was interrupted." : "Essential container in task exited"},
          {"createdAt", at(-86400 + n)},
          {"startedAt", at(-86340 + n)},
          {"stoppingAt", at(service + n)},
          {"stoppedAt", at(service + n + 40)},
          {"cpu", "256"},
          {"memory", "512"},
          {"version", 7},
          {"containers",
           {{{"name", "app"},
             {"image", "app:1"},
             {"lastStatus", "STOPPED"},
             {"exitCode", spot ? 143 : 1},
             {"runtimeId", id}}}},
          {"attachments",
           {{{"id", id},
             {"type", "ElasticNetworkInterface"},
             {"status", "DELETED"},
             {"details", {{{"name", "subnetId"}, {"value", "subnet-" + zone}}}}}}}};
}

void write(const fs::path& file, const nlohmann::json& value) {
  std::ofstream(file) << value.dump(4) << '\n';
}

void make_snapshot(const fs::path& folder) {
  fs::create_directories(folder);
  nlohmann::json services = nlohmann::json::array();
  for (int s = 0; s < kServices; ++s) {
    const std::string name = "service-" + std::to_string(s);
    services.push_back(
        {{"serviceArn", "arn:aws:ecs:eu-west-1:111122223333:service/prod/" + name},
         {"serviceName", name},
         {"clusterArn", kCluster},
         {"desiredCount", kTasksEach},
         {"runningCount", 0},
         {"status", "ACTIVE"},
         {"capacityProviderStrategy", {{{"capacityProvider", "FARGATE_SPOT"}, {"weight", 1}, {"base", 0}}}},
         {"taskDefinition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/" + name + ":1"},
         {"events", nlohmann::json::array()}});
    nlohmann::json tasks = nlohmann::json::array();
    for (int n = 0; n < kTasksEach; ++n) tasks.push_back(stopped_task(s, n));
    write(folder / ("ecs.describe-tasks." + std::to_string(s) + ".json"),
          {{"tasks", tasks}, {"failures", nlohmann::json::array()}});
  }
  write(folder / "ecs.describe-services.json", {{"services", services}});
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// In a child of its own, so that its peak memory is its own.
int in_child(int (*body)(const fs::path&), const fs::path& folder) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(body(folder));
  int status = 0;
  rusage usage = {};
  wait4(child, &status, 0, &usage);
  std::printf("  peak memory %.0f MB\n", usage.ru_maxrss / 1024.0);
  return WEXITSTATUS(status);
}

int diagnose_all(const fs::path& folder) {
  const auto start = std::chrono::steady_clock::now();
  const auto facts = facts::read_snapshot(folder);
  if (!facts) return 1;
  const double read = seconds_since(start);
  const auto diagnosis = diagnose::diagnose(*facts, {});
  if (!diagnosis) return 1;
  const double diagnosed = seconds_since(start);
  const std::string json = report::to_json(*diagnosis);
  const double all = seconds_since(start);
  std::printf(
      "fargate-doctor: read %.3f s, diagnosed %.3f s, reported %.3f s, all %.3f s; %zu incidents, %zu bytes "
      "of report\n",
      read, diagnosed - read, all - diagnosed, all, diagnosis->incidents.size(), json.size());
  std::ofstream(folder / "seconds") << all;
  std::fflush(stdout);
  return 0;
}

int parse_only(const fs::path& folder) {
  const auto start = std::chrono::steady_clock::now();
  std::size_t values = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path());
    values += nlohmann::json::parse(in).size();
  }
  const double all = seconds_since(start);
  double ours = 0;
  std::ifstream(folder / "seconds") >> ours;
  std::printf(
      "peer, nlohmann-json parsing the same files and nothing more: %.3f s (%zu); ratio ours / peer: %.2f\n",
      all, values, ours / all);
  std::fflush(stdout);
  return 0;
}

}  // namespace

int main() {
  const fs::path folder = fs::temp_directory_path() / ("fargate-doctor-bench-" + std::to_string(getpid()));
  make_snapshot(folder);
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) bytes += entry.file_size();
  std::printf("%d stopped tasks in %d services, %.1f MB of JSON\n", kServices * kTasksEach, kServices,
              bytes / 1e6);
  int code = in_child(diagnose_all, folder);
  if (code == 0) code = in_child(parse_only, folder);
  fs::remove_all(folder);
  return code;
}
