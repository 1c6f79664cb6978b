// The surroundings of a test: a home folder of its own, an environment and a clock that the test sets.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "aws/client_session.h"
#include "aws/credentials_provider.h"

namespace doctor::aws {

class SetClock final : public core::Clock {
 public:
  core::Timestamp now() const override { return time; }
  core::Timestamp time = *core::timestamp_of_iso("2026-11-24T03:00:00Z");
};

class World {
 public:
  World();  // with AWS_EC2_METADATA_DISABLED, so that nothing leaves the machine
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const std::string& home() const { return home_; }
  void set(const std::string& name, const std::string& value) { (*variables_)[name] = value; }
  void unset(const std::string& name) { variables_->erase(name); }
  std::string write(const std::string& path_below_home, std::string_view text);  // the full path
  void config(std::string_view text) { write(".aws/config", text); }
  void credentials(std::string_view text) { write(".aws/credentials", text); }

  Environment environment() const;
  // Reads the files anew; failing to is the test's failure.
  ProviderContext context(std::string_view profile = {});
  core::Result<std::unique_ptr<Client>> client(const ClientOptions& options,
                                               const std::atomic<bool>* cancelled = nullptr);

  SetClock clock;
  RetryPolicy retry;  // of client(): short waits

 private:
  std::string home_;
  std::shared_ptr<std::map<std::string, std::string, std::less<>>> variables_;
  Config config_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace doctor::aws
