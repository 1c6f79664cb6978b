#include "aws/config.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/stat.h>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/http.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

constexpr std::uintmax_t kLargestFile = 4U << 20U;

std::string_view after_word(std::string_view text, std::string_view word) {
  if (!text.starts_with(word) || text.size() <= word.size() || text[word.size()] != ' ') return {};
  return text.substr(word.size() + 1);
}

void merge(IniValues& into, const IniValues& from) {
  for (const auto& [name, value] : from) into[name] = value;
}

void take_config_section(Config& config, const IniSection& section) {
  if (section.name == "default") {
    merge(config.profiles["default"], section.values);
  } else if (const auto profile = after_word(section.name, "profile"); !profile.empty()) {
    merge(config.profiles[std::string(profile)], section.values);
  } else if (const auto session = after_word(section.name, "sso-session"); !session.empty()) {
    merge(config.sso_sessions[std::string(session)], section.values);
  } else if (const auto services = after_word(section.name, "services"); !services.empty()) {
    auto& into = config.services[std::string(services)];
    for (const auto& [service, values] : section.nested) merge(into[service], values);
  }
  // Other sections are other tools'.
}

core::Result<void> load_file(Config& config, const std::string& path, bool is_credentials) {
  auto text = read_small_file(path);
  if (!text) return core::fail(text.error());
  if (!*text) return {};
  auto sections = parse_ini(**text, path);
  wipe(**text);
  if (!sections) return core::fail(sections.error());
  for (auto& section : *sections) {
    if (is_credentials) {
      merge(config.profiles[section.name], section.values);
    } else {
      take_config_section(config, section);
    }
    for (auto& [name, value] : section.values) wipe(value);
  }
  return {};
}

std::string names_of(const Config& config) {
  std::string out;
  int count = 0;
  for (const auto& [name, values] : config.profiles) {
    if (++count > 8) return out + ", …";
    if (!out.empty()) out += ", ";
    out += core::printable(name);
  }
  return out;
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::string variable(const Environment& environment, std::string_view name) {
  return environment(name).value_or(std::string{});
}

Config::~Config() {
  for (auto& [profile_name, values] : profiles) {
    for (auto& [name, value] : values) wipe(value);
  }
}

const IniValues* Config::find_profile(std::string_view name) const {
  const auto found = profiles.find(name);
  return found == profiles.end() ? nullptr : &found->second;
}

std::string Config::setting(std::string_view profile_name, std::string_view name) const {
  const auto* values = find_profile(profile_name);
  if (values == nullptr) return {};
  const auto found = values->find(name);
  return found == values->end() ? std::string{} : found->second;
}

core::Result<std::optional<std::string>> read_small_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return core::fail(ErrorKind::usage, fmt::format("{}: {}", path, std::generic_category().message(errno)),
                      "make the file readable");
  }
  if (S_ISDIR(status.st_mode)) {
    return core::fail(ErrorKind::usage, fmt::format("{} is a folder, not a file", path), "name a file");
  }
  if (static_cast<std::uintmax_t>(status.st_size) > kLargestFile) {
    return core::fail(ErrorKind::usage, fmt::format("{} is larger than 4 MiB", path), "name another file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return core::fail(ErrorKind::usage, fmt::format("{}: {}", path, std::generic_category().message(errno)),
                      "make the file readable for this user");
  }
  return text;
}

std::string expanded_path(const Config& config, std::string_view path) {
  if (path.starts_with("~/") && !config.home.empty()) return config.home + std::string(path.substr(1));
  return std::string(path);
}

core::Result<Config> load_config(Environment environment, std::string_view profile) {
  Config config;
  config.environment = std::move(environment);
  config.home = variable(config.environment, "HOME");
  const auto path_of = [&](std::string_view name, std::string_view otherwise) {
    const std::string named = variable(config.environment, name);
    return expanded_path(config, named.empty() ? otherwise : std::string_view(named));
  };
  config.config_path = path_of("AWS_CONFIG_FILE", "~/.aws/config");
  config.credentials_path = path_of("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
  if (auto loaded = load_file(config, config.config_path, false); !loaded) return core::fail(loaded.error());
  if (auto loaded = load_file(config, config.credentials_path, true); !loaded) {
    return core::fail(loaded.error());
  }

  config.profile_is_explicit = !profile.empty();
  std::string from = "--profile";
  std::string name(profile);
  if (name.empty()) {
    name = variable(config.environment, "AWS_PROFILE");
    from = "AWS_PROFILE";
  }
  if (name.empty()) name = variable(config.environment, "AWS_DEFAULT_PROFILE");
  if (name.empty()) return config;
  config.profile = name;
  if (config.find_profile(name) == nullptr) {
    const std::string known = names_of(config);
    return core::fail(ErrorKind::usage,
                      fmt::format("profile '{}' ({}) is neither in {} nor in {}", core::printable(name), from,
                                  config.config_path, config.credentials_path),
                      known.empty() ? "create it with: aws configure --profile " + core::printable(name)
                                    : "name one of: " + known);
  }
  return config;
}

core::Result<std::string> configured_region(const Config& config, std::string_view flag) {
  std::string region(flag);
  std::string from = "--region";
  for (const std::string_view name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (!region.empty()) break;
    region = variable(config.environment, name);
    from = name;
  }
  if (region.empty()) {
    region = config.setting("region");
    from = "profile " + core::printable(config.profile);
  }
  if (!region.empty() && !is_region(region)) return core::fail(not_a_region(region, from));
  return region;
}

}  // namespace doctor::aws
