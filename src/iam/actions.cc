#include "iam/actions.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/glob.h"

namespace doctor::iam {
namespace {

constexpr std::string_view kCatalogueRows[] = {
#include "iam/actions_data.inc"
};

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> list_of(std::string_view text) {
  return text.empty() ? std::vector<std::string_view>{} : split_at(text, ',');
}

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

struct CatalogueService {
  std::map<std::string, ResourceType, std::less<>> types;  // by name
  std::map<std::string, Action, std::less<>> actions;      // by name in lower case
};

using Catalogue = std::map<std::string_view, CatalogueService, std::less<>>;

void add_action(std::string_view service_name, CatalogueService& service,
                const std::vector<std::string_view>& fields) {
  Action action{.service = service_name, .name = fields[0].substr(1), .levels = fields[1]};
  for (auto type : list_of(fields[2])) {
    const bool required = type.back() == '*';
    if (required) type.remove_suffix(1);
    // The reference names a few types in another case than it defines them.
    for (const auto& [name, known] : service.types) {
      if (folded(name) == folded(type)) action.resources.push_back({&known, required});
    }
  }
  action.condition_keys = list_of(fields[3]);
  action.dependent_actions = list_of(fields[4]);
  service.actions.emplace(folded(action.name), std::move(action));
}

Catalogue read_catalogue() {
  Catalogue catalogue;
  std::string_view name;
  for (const auto row : kCatalogueRows) {
    const auto fields = split_at(row, '|');
    if (row.front() == '@') {
      name = fields[0].substr(1);
      catalogue[name];
    } else if (row.front() == '=') {
      auto& types = catalogue[name].types;
      const auto type = fields[0].substr(1);
      types.emplace(type, ResourceType{type, fields[1], list_of(fields[2])});
    } else {
      add_action(name, catalogue[name], fields);
    }
  }
  return catalogue;
}

const Catalogue& catalogue() {
  static const Catalogue kRead = read_catalogue();
  return kRead;
}

// "a:${Region}:b/${Name}" as a glob: "a:*:b/*".
std::string glob_of(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) == "${") {
      out += '*';
      const auto close = pattern.find('}', i);
      i = close == std::string_view::npos ? pattern.size() : close;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

// How much of a pattern is fixed text: the more, the more it says.
std::size_t weight_of(std::string_view pattern) {
  const auto glob = glob_of(pattern);
  return glob.size() - static_cast<std::size_t>(std::count(glob.begin(), glob.end(), '*'));
}

constexpr std::size_t kFieldsBeforeResource = 5;

// The first five fields of an ARN, and the rest as the sixth.
std::array<std::string_view, kFieldsBeforeResource + 1> arn_fields(std::string_view arn) {
  std::array<std::string_view, kFieldsBeforeResource + 1> fields;
  for (std::size_t i = 0; i < kFieldsBeforeResource; ++i) {
    const auto colon = arn.find(':');
    fields[i] = arn.substr(0, colon);
    arn = colon == std::string_view::npos ? std::string_view{} : arn.substr(colon + 1);
  }
  fields[kFieldsBeforeResource] = arn;
  return fields;
}

}  // namespace

bool Action::has_condition_key(std::string_view key) const {
  const auto wanted = folded(key);
  const auto holds = [&](const std::vector<std::string_view>& keys) {
    return std::any_of(keys.begin(), keys.end(), [&](auto known) {
      const auto open = known.find("${");  // aws:ResourceTag/${TagKey} stands for every tag
      return open == std::string_view::npos ? folded(known) == wanted
                                            : wanted.rfind(folded(known.substr(0, open)), 0) == 0;
    });
  };
  return holds(condition_keys) || std::any_of(resources.begin(), resources.end(), [&](const auto& resource) {
           return holds(resource.type->condition_keys);
         });
}

const Action* find_action(std::string_view action) {
  const auto colon = action.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const auto service = catalogue().find(std::string_view(folded(action.substr(0, colon))));
  if (service == catalogue().end()) return nullptr;
  const auto found = service->second.actions.find(folded(action.substr(colon + 1)));
  return found == service->second.actions.end() ? nullptr : &found->second;
}

bool catalogue_knows(std::string_view service) {
  return catalogue().find(service) != catalogue().end();
}

const std::vector<std::string_view>& catalogue_services() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const auto& [name, service] : catalogue()) names.push_back(name);
    return names;
  }();
  return kNames;
}

std::vector<const Action*> actions_of(std::string_view service) {
  std::vector<const Action*> out;
  const auto found = catalogue().find(service);
  if (found == catalogue().end()) return out;
  for (const auto& [name, action] : found->second.actions) out.push_back(&action);
  return out;
}

std::vector<const Action*> actions_named(std::string_view name) {
  std::vector<const Action*> out;
  const auto wanted = folded(name);
  for (const auto& [service_name, service] : catalogue()) {
    const auto found = service.actions.find(wanted);
    if (found != service.actions.end()) out.push_back(&found->second);
  }
  return out;
}

const ResourceType* find_resource_type(std::string_view service, std::string_view type) {
  const auto found = catalogue().find(service);
  if (found == catalogue().end()) return nullptr;
  const auto known = found->second.types.find(type);
  return known == found->second.types.end() ? nullptr : &known->second;
}

std::string full_name(const Action& action) {
  return std::string(action.service) + ":" + std::string(action.name);
}

bool has_form_of(std::string_view arn, const ResourceType& type) {
  const auto pattern = arn_fields(type.arn);
  const auto fields = arn_fields(arn);
  if (fields[kFieldsBeforeResource].empty()) return false;
  for (std::size_t i = 0; i <= kFieldsBeforeResource; ++i) {
    if (!core::glob_matches(glob_of(pattern[i]), fields[i])) return false;
  }
  return true;
}

const ResourceType* resource_type_of(const Action& action, std::string_view arn) {
  const ResourceType* best = nullptr;
  for (const auto& resource : action.resources) {
    if (!has_form_of(arn, *resource.type)) continue;
    if (best == nullptr || weight_of(resource.type->arn) > weight_of(best->arn)) best = resource.type;
  }
  return best;
}

}  // namespace doctor::iam
