#include "aws/client.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>

#include "aws/client_run.h"
#include "aws/client_session.h"
#include "aws/endpoint.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

class NetworkClient final : public Client {
 public:
  explicit NetworkClient(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  std::vector<core::Result<Answer>> run(std::span<const Call> calls) override {
    return run_calls(*session_, calls);
  }
  std::string region() const override { return session_->region; }
  Statistics statistics() const override { return session_->statistics; }
  core::Duration clock_difference() const override { return session_->clock_difference; }

 private:
  std::unique_ptr<Session> session_;
};

core::Result<int> configured_attempts(const Config& config, int flag) {
  if (flag > 0) return flag;
  std::string text = variable(config.environment, "AWS_MAX_ATTEMPTS");
  std::string from = "AWS_MAX_ATTEMPTS";
  if (text.empty()) {
    text = config.setting("max_attempts");
    from = "max_attempts of profile " + core::printable(config.profile);
  }
  if (text.empty()) return 3;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) {
    return core::fail(ErrorKind::usage, fmt::format("{} is no number above 0", from), "write 3, or unset it");
  }
  return value;
}

core::Result<std::string> configured_ca_bundle(const Config& config, const std::string& flag) {
  std::string path = flag;
  if (path.empty()) path = variable(config.environment, "AWS_CA_BUNDLE");
  if (path.empty()) path = config.setting("ca_bundle");
  path = expanded_path(config, path);
  if (!path.empty() && ::access(path.c_str(), R_OK) != 0) {
    return core::fail(ErrorKind::usage, fmt::format("the CA bundle {} cannot be read", core::printable(path)),
                      "correct AWS_CA_BUNDLE or ca_bundle");
  }
  return path;
}

// A wrong URL is found before the first call rather than at it.
core::Result<void> check_endpoints(const ClientOptions& options, const Config& config) {
  if (!options.endpoint_url.empty()) return check_endpoint_url(options.endpoint_url, "--endpoint-url");
  const auto url = variable(config.environment, "AWS_ENDPOINT_URL");
  if (!url.empty()) return check_endpoint_url(url, "AWS_ENDPOINT_URL");
  return {};
}

// Everything that can be wrong with the user's settings, in one place.
core::Result<void> read_settings(Session& session) {
  auto region = configured_region(session.config, session.options.region);
  if (!region) return core::fail(region.error());
  session.region = std::move(*region);
  if (auto checked = check_endpoints(session.options, session.config); !checked) return checked;
  const auto attempts = configured_attempts(session.config, session.options.max_attempts);
  if (!attempts) return core::fail(attempts.error());
  session.retry.attempts = *attempts;
  auto ca_bundle = configured_ca_bundle(session.config, session.options.ca_bundle);
  if (!ca_bundle) return core::fail(ca_bundle.error());
  session.options.ca_bundle = std::move(*ca_bundle);
  return {};
}

core::Result<void> open_transports(Session& session) {
  TransportOptions options;
  options.connect_timeout = session.options.connect_timeout;
  options.read_timeout = session.options.read_timeout;
  options.ca_bundle = session.options.ca_bundle;
  options.kept_connections = std::max(session.options.max_in_flight, 1);
  auto calls = Transport::make(options);
  if (!calls) return core::fail(calls.error());
  options.kept_connections = 2;
  auto credentials = Transport::make(options);
  if (!credentials) return core::fail(credentials.error());
  session.transport = std::move(*calls);
  session.credential_transport = std::move(*credentials);
  return {};
}

}  // namespace

core::Result<std::unique_ptr<Client>> make_client(const ClientOptions& options,
                                                  const std::atomic<bool>* cancelled, ClientSeams seams) {
  static const core::SystemClock system_clock;
  auto config = load_config(std::move(seams.environment), options.profile);
  if (!config) return core::fail(config.error());

  auto session = std::make_unique<Session>();
  session->options = options;
  session->config = std::move(*config);
  session->clock = seams.clock != nullptr ? seams.clock : &system_clock;
  session->cancelled = cancelled;
  session->retry = seams.retry;
  session->chance.seed(seams.seed ? *seams.seed : std::random_device{}());
  if (auto read = read_settings(*session); !read) return core::fail(read.error());
  if (auto opened = open_transports(*session); !opened) return core::fail(opened.error());

  ProviderContext context;
  context.config = &session->config;
  context.clock = session->clock;
  context.region = session->region;
  context.cancelled = cancelled;
  context.fetch = [transport = session->credential_transport.get(), cancelled](HttpRequest request) {
    request.direct = request.direct || is_loopback(parts_of_url(request.url).host);
    return transport->fetch(std::move(request), cancelled);
  };
  session->credentials.emplace(std::move(context));
  return std::make_unique<NetworkClient>(std::move(session));
}

core::Result<std::unique_ptr<Client>> Client::make(const ClientOptions& options,
                                                   const std::atomic<bool>* cancelled) {
  return make_client(options, cancelled, {});
}

}  // namespace doctor::aws
