#include "remedy/kinds.h"

#include <algorithm>

#include "remedy/kinds_rows.h"

namespace doctor::remedy {

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kinds = [] {
    std::vector<Kind> rows;
    for (auto rows_of : {kinds_of_ecs, kinds_of_ec2, kinds_of_other_services, kinds_of_resource_policies}) {
      for (const Kind& row : rows_of()) rows.push_back(row);
    }
    return rows;
  }();
  return kinds;
}

const Kind* kind_named(std::string_view name) {
  const auto& all = all_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Kind& k) { return k.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool says_absent(const Kind& kind, const core::Error& error) {
  std::string_view rest = kind.absent_errors;
  while (!rest.empty() && !error.code.empty()) {
    const auto space = rest.find(' ');
    if (rest.substr(0, space) == error.code) return true;
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  return false;
}

}  // namespace doctor::remedy
