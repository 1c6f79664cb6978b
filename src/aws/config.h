// What the user configured: environment variables and the two shared files, read once.
//
// AWS SDKs and Tools Reference Guide: "Shared config and credentials files", "Location of the shared config
// and credentials files". A profile's settings are those of both files; where both have one, the credentials
// file wins, as in the AWS CLI.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/ini.h"
#include "core/result.h"

namespace doctor::aws {

// Where environment variables come from, so that tests can set them. A variable set to "" counts as not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();
std::string variable(const Environment& environment, std::string_view name);  // "" where not set

// Wipes what it holds when it goes: profiles may have keys in them.
struct Config {
  Config() = default;
  Config(Config&&) = default;
  Config& operator=(Config&&) = default;
  ~Config();

  Environment environment;
  std::string home;                           // "" where HOME is not set
  std::string config_path, credentials_path;  // where they were looked for
  std::string profile = "default";            // the one in force
  bool profile_is_explicit = false;           // by --profile: then it comes before the environment's keys
  std::map<std::string, IniValues, std::less<>> profiles, sso_sessions;
  std::map<std::string, std::map<std::string, IniValues, std::less<>>, std::less<>>
      services;  // [services NAME]

  const IniValues* find_profile(std::string_view name) const;
  std::string setting(std::string_view profile_name, std::string_view name) const;  // "" where there is none
  std::string setting(std::string_view name) const { return setting(profile, name); }
};

// Error: usage: a file that exists and cannot be read, or a profile that was named and does not exist.
core::Result<Config> load_config(Environment environment, std::string_view profile);

// `flag`, then AWS_REGION, AWS_DEFAULT_REGION, the profile's region; "" where none is configured.
// Error: usage, where the name has not the form of a region.
core::Result<std::string> configured_region(const Config& config, std::string_view flag);

// "~/x" with the home folder in place of '~'.
std::string expanded_path(const Config& config, std::string_view path);

// A small text file, whole. Error: usage with the path and the reason; nothing where it does not exist.
core::Result<std::optional<std::string>> read_small_file(const std::string& path);

}  // namespace doctor::aws
