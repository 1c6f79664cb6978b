#include "lab/lab.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "lab/enforcement.h"
#include "lab/scenario.h"
#include "lab/server.h"
#include "lab/service_desk.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using core::ErrorKind;
using core::fail;

// The scenario without a story: one network, and nothing in it.
void build_empty(World& world) {
  const std::string vpc = add_vpc(world, world.home, "10.0.0.0/16", "empty");
  int third = 0;
  for (const auto& zone : world.zones(world.home)) {
    add_subnet(world, world.home, vpc, zone, fmt::format("10.0.{}.0/24", third++), "empty-" + zone);
  }
}

core::Duration real_now() {
  return std::chrono::duration_cast<core::Duration>(std::chrono::system_clock::now().time_since_epoch());
}

class RunningLab final : public Lab {
 public:
  explicit RunningLab(const LabOptions& options)
      : world_({.seed = options.seed, .now = core::Timestamp(real_now())}), desk_(world_, options) {}

  core::Result<void> start(const LabOptions& options) {
    world_.real_time = real_now();
    if (options.scenario == "empty") {
      build_empty(world_);
    } else if (const Scenario* scenario = find_scenario(options.scenario)) {
      scenario->build(world_);
    } else {
      std::string names = "empty";
      for (const auto& known : scenarios()) names += ", " + known.name;
      return fail(ErrorKind::usage, fmt::format("there is no scenario \"{}\"", options.scenario),
                  "choose one of: " + names);
    }
    for (const CallerPolicy& caller : options.callers) {
      if (auto added = add_caller(world_, caller); !added) return added;
    }
    for (const LabObject& object : options.objects)
      world_.objects[object.bucket + "/" + object.key] = object.text;
    auto server = Server::start(desk_, options.port, options.latency);
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    desk_.open(server_->port(), real_now());
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

 private:
  World world_;
  ServiceDesk desk_;
  std::unique_ptr<Server> server_;  // last: it stops before what it serves goes away
};

}  // namespace

core::Result<std::unique_ptr<Lab>> Lab::start(const LabOptions& options) {
  auto lab = std::make_unique<RunningLab>(options);
  if (auto started = lab->start(options); !started) return tl::unexpected(started.error());
  return lab;
}

core::Result<Faults> faults_of(std::string_view text) {
  Faults faults;
  const std::pair<std::string_view, double*> known[] = {{"throttle", &faults.throttle},
                                                        {"reset", &faults.reset},
                                                        {"truncate", &faults.truncate},
                                                        {"error500", &faults.error500},
                                                        {"timeout", &faults.timeout}};
  const auto wrong = [](std::string_view part) {
    return fail(ErrorKind::usage, fmt::format("\"{}\" is no fault with a probability", part),
                "write throttle=10%,reset=2%,truncate=1%; there are also error500 and timeout");
  };
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return wrong(part);
    auto value = part.substr(equals + 1);
    const bool percent = value.ends_with('%');
    if (percent) value.remove_suffix(1);
    double number = -1;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || stop != value.data() + value.size()) return wrong(part);
    if (percent) number /= 100;
    const auto* fault = std::find_if(std::begin(known), std::end(known),
                                     [&](const auto& one) { return one.first == part.substr(0, equals); });
    if (fault == std::end(known) || !(number >= 0 && number <= 1)) return wrong(part);
    *fault->second = number;
  }
  return faults;
}

}  // namespace doctor::lab
