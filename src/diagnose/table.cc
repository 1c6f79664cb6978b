#include "diagnose/table.h"

#include <algorithm>
#include <unordered_map>

#include "diagnose/table_rows.h"

namespace doctor::diagnose {
namespace {

template <class Row>
using Index = std::unordered_map<std::string_view, const Row*>;  // looked up, never walked

template <class Row>
Index<Row> index_of(const std::vector<Row>& rows) {
  Index<Row> index;
  for (const Row& row : rows) index.emplace(row.id, &row);
  return index;
}

template <class Row>
const Row* find_in(const Index<Row>& index, std::string_view id) {
  const auto found = index.find(id);
  return found == index.end() ? nullptr : found->second;
}

// Rows of one id from several families become one row that serves them all.
void join_evidence(std::vector<EvidenceRow>& all, std::vector<EvidenceRow> rows,
                   std::unordered_map<std::string_view, std::size_t>& place_of) {
  for (EvidenceRow& row : rows) {
    const auto [place, is_new] = place_of.emplace(row.id, all.size());
    if (is_new) {
      all.push_back(std::move(row));
      continue;
    }
    EvidenceRow& joined = all[place->second];
    if (joined.family != row.family) joined.family = "";
    joined.ratios.insert(joined.ratios.end(), row.ratios.begin(), row.ratios.end());
  }
}

struct Tables {
  std::vector<FixRow> fixes;
  std::vector<CauseRow> causes;
  std::vector<EvidenceRow> evidence;
  Index<FixRow> fix_index;
  Index<CauseRow> cause_index;
  Index<EvidenceRow> evidence_index;
};

Tables build_tables() {
  Tables tables;
  std::unordered_map<std::string_view, std::size_t> place_of;
  for (auto rows_of : {rows_of_spot, rows_of_capacity, rows_of_eni, rows_of_platform, rows_of_exec,
                       rows_of_image, rows_of_storage, rows_of_stop, rows_of_shared_fixes}) {
    FamilyRows rows = rows_of();
    tables.fixes.insert(tables.fixes.end(), rows.fixes.begin(), rows.fixes.end());
    tables.causes.insert(tables.causes.end(), rows.causes.begin(), rows.causes.end());
    join_evidence(tables.evidence, std::move(rows.evidence), place_of);
  }
  return tables;
}

const Tables& tables() {
  static const Tables built = [] {
    Tables tables = build_tables();
    tables.fix_index = index_of(tables.fixes);
    tables.cause_index = index_of(tables.causes);
    tables.evidence_index = index_of(tables.evidence);
    return tables;
  }();
  return built;
}

}  // namespace

const std::vector<FixRow>& fix_table() {
  return tables().fixes;
}
const std::vector<CauseRow>& cause_table() {
  return tables().causes;
}
const std::vector<EvidenceRow>& evidence_table() {
  return tables().evidence;
}

const FixRow* find_fix(std::string_view id) {
  return find_in(tables().fix_index, id);
}
const CauseRow* find_cause(std::string_view id) {
  return find_in(tables().cause_index, id);
}
const EvidenceRow* find_evidence(std::string_view id) {
  return find_in(tables().evidence_index, id);
}

std::vector<std::string_view> words_of(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const auto space = list.find(' ');
    if (space != 0) words.push_back(list.substr(0, space));
    list.remove_prefix(space == std::string_view::npos ? list.size() : space + 1);
  }
  return words;
}

}  // namespace doctor::diagnose
