#include "remedy/states.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "facts/subject.h"
#include "remedy/kinds.h"

namespace doctor::remedy {
namespace {

namespace fs = std::filesystem;

std::string line_of(const Resource& r, std::string_view why) {
  return fmt::format("{} {}: {}", r.kind, r.id, why);
}

// "describe-task-definition"
std::string kebab(std::string_view operation) {
  std::string out;
  for (const char c : operation) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += '-';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// Other answers of AWS that hold the same.
std::vector<std::string> file_prefixes(const Request& read) {
  std::vector<std::string> prefixes = {fmt::format("{}.{}", read.service, kebab(read.operation))};
  if (read.operation == "GetServiceQuota") prefixes.push_back("service-quotas.list-service-quotas");
  if (read.operation == "ListRequestedServiceQuotaChangeHistoryByQuota")
    prefixes.push_back("service-quotas.list-requested-service-quota-change-history");
  return prefixes;
}

// Answers that do not say what they are about take it from the file's name (docs/snapshots.md); a file that
// names nothing is about the only one there is.
bool is_about(const Resource& r, std::string_view subject) {
  return r.kind != "elbv2:target-group-attributes" || facts::is_anonymous(subject) ||
         facts::names_resource(subject, r.id);
}

int revision_in(const std::string& state) {
  const auto value = nlohmann::json::parse(state, nullptr, false);
  return value.is_object() && value.contains("revision") && value["revision"].is_number_integer()
             ? value["revision"].get<int>()
             : 0;
}

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> files_of(const fs::path& folder, const Resource& r, const Request& read) {
  std::vector<fs::path> files;
  for (const fs::path& in : {folder / r.account / r.region, folder}) {
    std::error_code error;
    for (fs::directory_iterator at(in, error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (!name.ends_with(".json")) continue;
      for (const std::string& prefix : file_prefixes(read)) {
        if (!name.starts_with(prefix + ".")) continue;
        std::string subject = name.substr(prefix.size());  // ".web.json" or ".json"
        subject = subject == ".json" ? "" : subject.substr(1, subject.size() - 6);
        if (is_about(r, subject)) files.push_back(at->path());
        break;
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<std::string> state_in(const fs::path& folder, const Resource& r, const Kind& kind) {
  std::optional<std::string> best;
  for (const fs::path& file : files_of(folder, r, kind.read(r))) {
    const auto state = kind.state(r, text_of(file));
    if (!state || *state == "null") continue;
    // Of a family's revisions, the newest.
    if (!best || revision_in(*best) < revision_in(*state)) best = *state;
  }
  return best;
}

}  // namespace

States states_of(aws::Client& client, const std::vector<Resource>& resources) {
  States states;
  std::vector<aws::Call> calls;
  std::vector<std::pair<const Resource*, const Kind*>> asked;
  for (const Resource& r : resources) {
    const Kind* kind = kind_named(r.kind);
    if (kind == nullptr) {
      states.missing.push_back(line_of(r, "no such kind of resource is known"));
      continue;
    }
    const Request read = kind->read(r);
    calls.push_back({read.service, read.operation, read.region, read.input});
    asked.emplace_back(&r, kind);
  }
  const auto answers = client.run(calls);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& [r, kind] = asked[i];
    if (!answers[i]) {
      if (says_absent(*kind, answers[i].error())) {
        states.known.push_back({*r, "null"});
      } else {
        states.missing.push_back(line_of(*r, core::to_line(answers[i].error())));
      }
      continue;
    }
    const auto state = kind->state(*r, answers[i]->json);
    if (state) {
      states.known.push_back({*r, *state});
    } else {
      states.missing.push_back(line_of(*r, core::to_line(state.error())));
    }
  }
  return states;
}

States states_in_snapshot(const fs::path& folder, const std::vector<Resource>& resources) {
  States states;
  for (const Resource& r : resources) {
    const Kind* kind = kind_named(r.kind);
    const auto state = kind == nullptr ? std::nullopt : state_in(folder, r, *kind);
    if (state) {
      states.known.push_back({r, *state});
    } else {
      states.missing.push_back(line_of(r, "not in the snapshot"));
    }
  }
  return states;
}

}  // namespace doctor::remedy
