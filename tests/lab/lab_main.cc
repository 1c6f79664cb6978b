// lab_server: the lab as a program of its own, for the tests that drive it with other people's clients.
//
//   lab_server --scenario empty --port 0 --speed 60 --latency 50ms --faults throttle=10% --refuse
//   ecs:ListTasks
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "lab/lab.h"

namespace {

int usage(const std::string& why) {
  std::fprintf(stderr, "lab_server: %s\n", why.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace doctor;
  lab::LabOptions options;
  options.scenario = "empty";
  options.port = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--scenario")
      options.scenario = value;
    else if (name == "--port")
      options.port = static_cast<std::uint16_t>(std::atoi(value.c_str()));
    else if (name == "--speed")
      options.speed = std::atof(value.c_str());
    else if (name == "--seed")
      options.seed = static_cast<std::uint64_t>(std::atoll(value.c_str()));
    else if (name == "--refuse")
      options.refuse.push_back(value);
    else if (name == "--enforce-iam")
      options.enforce_iam = value == "yes";
    else if (name == "--latency") {
      const auto latency = core::duration_of(value);
      if (!latency) return usage(core::to_line(latency.error()));
      options.latency = *latency;
    } else if (name == "--faults") {
      const auto faults = lab::faults_of(value);
      if (!faults) return usage(core::to_line(faults.error()));
      options.faults = *faults;
    } else {
      return usage("unknown flag " + name);
    }
  }
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  const auto running = lab::Lab::start(options);
  if (!running) return usage(core::to_line(running.error()));
  std::printf("listening on %u\n", static_cast<unsigned>((*running)->port()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}
