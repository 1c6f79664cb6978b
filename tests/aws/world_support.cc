#include "aws/world_support.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace doctor::aws {

namespace fs = std::filesystem;

World::World() : variables_(std::make_shared<std::map<std::string, std::string, std::less<>>>()) {
  std::string pattern = (fs::temp_directory_path() / "doctor-aws-XXXXXX").string();
  home_ = ::mkdtemp(pattern.data());
  set("HOME", home_);
  set("AWS_EC2_METADATA_DISABLED", "true");
  retry.transient_base = core::Duration{1};
  retry.throttled_base = core::Duration{1};
}

World::~World() {
  fs::remove_all(home_);
}

std::string World::write(const std::string& path_below_home, std::string_view text) {
  const fs::path path = fs::path(home_) / path_below_home;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

Environment World::environment() const {
  return [variables = variables_](std::string_view name) -> std::optional<std::string> {
    const auto found = variables->find(name);
    if (found == variables->end()) return std::nullopt;
    return found->second;
  };
}

ProviderContext World::context(std::string_view profile) {
  auto config = load_config(environment(), profile);
  EXPECT_TRUE(config) << to_line(config.error());
  config_ = config ? std::move(*config) : Config{};
  TransportOptions options;
  options.connect_timeout = core::Duration{1000};
  options.read_timeout = core::Duration{1000};
  transport_ = std::move(*Transport::make(options));
  ProviderContext context;
  context.config = &config_;
  context.clock = &clock;
  context.region = "eu-west-1";
  context.fetch = [this](HttpRequest request) {
    request.direct = true;
    return transport_->fetch(std::move(request));
  };
  return context;
}

core::Result<std::unique_ptr<Client>> World::client(const ClientOptions& options,
                                                    const std::atomic<bool>* cancelled) {
  ClientSeams seams;
  seams.environment = environment();
  seams.clock = &clock;
  seams.seed = 1;
  seams.retry = retry;
  return make_client(options, cancelled, std::move(seams));
}

}  // namespace doctor::aws
