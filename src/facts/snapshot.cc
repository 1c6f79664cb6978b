#include "facts/snapshot.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <system_error>

#include "core/arn.h"
#include "facts/absorb.h"
#include "facts/reading.h"

namespace doctor::facts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExpected =
    "a snapshot holds what the AWS CLI prints, one file an answer, such as ecs.describe-tasks.json, "
    "ecs.describe-services.json or events.jsonl";

struct File {
  fs::path path;
  std::string shown;  // relative to the snapshot: what errors name
  std::string service, operation, subject;
  bool refusal = false, events = false;
  int rank = 0;
};

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// <service>.<operation>[.<anything>](.json|.error.txt); nothing where the name has another form.
std::optional<File> file_of(const fs::path& path, const fs::path& root) {
  File file;
  file.path = path;
  file.shown = path.lexically_relative(root).generic_string();
  const std::string whole = path.filename().string();
  std::string_view name = whole;
  if (name == "events.jsonl") {
    file.events = true;
    file.rank = 90;
    return file;
  }
  if (name.ends_with(".error.txt")) {
    file.refusal = true;
    file.rank = 91;
    name.remove_suffix(10);
  } else if (name.ends_with(".json")) {
    name.remove_suffix(5);
  } else {
    return std::nullopt;
  }
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto rest = name.substr(dot + 1);
  const auto second = std::min(rest.find('.'), rest.size());
  file.service = name.substr(0, dot);
  file.operation = rest.substr(0, second);
  file.subject = second < rest.size() ? rest.substr(second + 1) : std::string_view{};
  if (!is_name(file.service) || !is_name(file.operation)) return std::nullopt;
  if (file.refusal) return file;
  const Row* row = find_row(file.service, file.operation);
  if (row == nullptr) return std::nullopt;  // an operation that says nothing to this program
  file.rank = row->rank;
  return file;
}

core::Result<std::string> read_whole(const File& file) {
  std::ifstream stream(file.path, std::ios::binary | std::ios::ate);
  if (!stream)
    return core::fail(core::ErrorKind::bad_input, file.shown + ": cannot be read", "check its permissions");
  const auto size = stream.tellg();
  std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  stream.seekg(0);
  if (!text.empty() && !stream.read(text.data(), static_cast<std::streamsize>(text.size())))
    return core::fail(core::ErrorKind::bad_input, file.shown + ": cannot be read to its end");
  return text;
}

core::Result<void> read_events(Facts& facts, Place& place, const File& file, std::string_view text) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r\xEF\xBB\xBF") == std::string_view::npos) continue;
    const auto document = core::JsonDocument::parse(line, file.shown);
    if (!document) {
      // The parser counts from its own first line.
      core::Error error = document.error();
      const std::string first = file.shown + ":1:";
      if (error.sentence.starts_with(first))
        error.sentence =
            file.shown + ":" + std::to_string(number) + ":" + error.sentence.substr(first.size());
      error.next = "write one EventBridge event a line";
      return core::fail(std::move(error));
    }
    if (auto done = absorb_event(facts, place, document->root()); !done) {
      core::Error error = done.error();
      error.sentence = file.shown + ":" + std::to_string(number) + ":1: " + error.sentence;
      return core::fail(std::move(error));
    }
  }
  return {};
}

// Text and document are dropped as soon as they are absorbed: memory is the largest file's, not the folder's.
core::Result<void> read_file(Facts& facts, Place& place, const File& file) {
  auto text = read_whole(file);
  if (!text) return core::fail(text.error());
  const DocumentName name{file.service, file.operation, file.subject};
  if (file.events) return read_events(facts, place, file, *text);
  if (file.refusal) {
    absorb_refusal(facts, place, name, *text);
    return {};
  }
  const auto document = core::JsonDocument::parse(*text, file.shown);
  if (!document) return core::fail(document.error());
  text->clear();
  text->shrink_to_fit();
  if (auto done = absorb(facts, place, name, document->root()); !done) {
    core::Error error = done.error();
    error.sentence = file.shown + ":1:1: " + error.sentence;
    return core::fail(std::move(error));
  }
  return {};
}

// Account and region by majority of the ARNs inside.
class Votes {
 public:
  void add(std::string_view text) {
    const auto arn = core::Arn::parse(text);
    if (!arn) return;
    if (core::is_account_id(arn->account)) ++accounts_[arn->account];
    if (core::is_region_name(arn->region)) ++regions_[arn->region];
  }
  void add_zone(std::string_view zone) {
    const auto region = core::region_of_zone(zone);
    if (!region.empty()) ++regions_[std::string(region)];
  }
  void add_region(const std::string& region) {
    if (core::is_region_name(region)) ++regions_[region];
  }
  std::string account() const { return most(accounts_); }
  std::string region() const { return most(regions_); }

 private:
  static std::string most(const std::map<std::string, int>& votes) {
    const auto best = std::max_element(votes.begin(), votes.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return best == votes.end() ? std::string{} : best->first;
  }
  std::map<std::string, int> accounts_, regions_;
};

void name_place(Place& place) {
  Votes votes;
  for (const auto& [arn, item] : place.clusters) votes.add(arn);
  for (const auto& [arn, item] : place.services) votes.add(arn);
  for (const auto& [arn, item] : place.tasks) votes.add(arn);
  for (const auto& [arn, item] : place.task_definitions) votes.add(arn);
  for (const auto& [arn, item] : place.target_groups) votes.add(arn);
  for (const auto& [name, role] : place.roles) votes.add(role.arn);
  for (const auto& [id, subnet] : place.subnets) {
    votes.add(subnet.arn);
    votes.add_zone(subnet.availability_zone);
  }
  for (const CallFailure& failure : place.call_failures) votes.add(failure.resource_arn);
  for (const EcsEvent& event : place.ecs_events)
    votes.add(event.service_arn.empty() ? event.cluster_arn : event.service_arn);
  for (const auto& [id, event] : place.trail) {
    votes.add(event.user_arn);
    // IAM and other global services record in us-east-1 what was done for any region; ECS does not.
    if (event.event_source == "ecs.amazonaws.com") votes.add_region(event.region);
    for (const std::string& resource : event.resources) votes.add(resource);
  }
  for (const ConfigurationItem& item : place.configuration_items) votes.add(item.arn);
  if (place.account.empty()) place.account = votes.account();
  if (place.region.empty()) place.region = votes.region();
}

core::Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> out;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    out.push_back(at->path());
  if (error)
    return core::fail(core::ErrorKind::bad_input, folder.string() + ": " + error.message(),
                      "name a folder that holds a snapshot");
  std::sort(out.begin(), out.end());
  return out;
}

// Reads the files of one folder into one place; false where none of them is a snapshot's.
core::Result<bool> read_folder(Facts& facts, Place place, const fs::path& folder, const fs::path& root) {
  const auto entries = entries_of(folder);
  if (!entries) return core::fail(entries.error());
  std::vector<File> files;
  for (const fs::path& path : *entries) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) continue;
    if (auto file = file_of(path, root)) files.push_back(std::move(*file));
  }
  if (files.empty()) return false;
  std::stable_sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.rank < b.rank; });
  for (const File& file : files) {
    if (auto done = read_file(facts, place, file); !done) return core::fail(done.error());
  }
  name_place(place);
  put_in_order(place);
  facts.places.push_back(std::move(place));
  return true;
}

}  // namespace

core::Result<Facts> read_snapshot(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return core::fail(core::ErrorKind::bad_input, folder.string() + " is not a folder",
                      std::string(kExpected));
  Facts facts;
  const auto top = read_folder(facts, {}, folder, folder);
  if (!top) return core::fail(top.error());
  const auto accounts = entries_of(folder);
  if (!accounts) return core::fail(accounts.error());
  for (const fs::path& account : *accounts) {
    const std::string id = account.filename().string();
    if (!core::is_account_id(id) || !fs::is_directory(account, error)) continue;
    const auto regions = entries_of(account);
    if (!regions) return core::fail(regions.error());
    for (const fs::path& region : *regions) {
      if (!core::is_region_name(region.filename().string()) || !fs::is_directory(region, error)) continue;
      Place place;
      place.account = id;
      place.region = region.filename().string();
      const auto done = read_folder(facts, std::move(place), region, folder);
      if (!done) return core::fail(done.error());
    }
  }
  if (facts.places.empty())
    return core::fail(core::ErrorKind::bad_input, folder.string() + " holds no snapshot file",
                      std::string(kExpected));
  std::sort(facts.places.begin(), facts.places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.account, a.region) < std::tie(b.account, b.region);
  });
  return facts;
}

}  // namespace doctor::facts
