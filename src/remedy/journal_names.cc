#include <algorithm>
#include <iterator>

#include "remedy/journal.h"
#include "remedy/journal_rows.h"

namespace doctor::remedy {
namespace {

// In the order of the enumerators; the journal's file holds these words.
constexpr std::string_view kStates[] = {"running", "done", "rolling_back", "rolled_back", "stopped", "stuck"};
constexpr std::string_view kOutcomes[] = {"intended", "answered", "done", "failed", "never_sent"};
constexpr std::string_view kEntryKinds[] = {"apply", "inverse"};

template <class Enum, std::size_t n>
std::optional<Enum> named(const std::string_view (&names)[n], std::string_view name) {
  const auto* found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<Enum>(found - std::begin(names));
}

}  // namespace

std::string_view state_name(RunState state) {
  return kStates[static_cast<std::size_t>(state)];
}
std::string_view outcome_name(Outcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}
std::string_view entry_kind_name(EntryKind kind) {
  return kEntryKinds[static_cast<std::size_t>(kind)];
}
std::optional<RunState> state_named(std::string_view name) {
  return named<RunState>(kStates, name);
}
std::optional<Outcome> outcome_named(std::string_view name) {
  return named<Outcome>(kOutcomes, name);
}
std::optional<EntryKind> entry_kind_named(std::string_view name) {
  return named<EntryKind>(kEntryKinds, name);
}

}  // namespace doctor::remedy
