// Kleene's three truths: what holds whatever the unknown keys are, what never holds, and what hangs on them.
#pragma once

#include <algorithm>

namespace doctor::iam {

enum class Truth : unsigned char { no, unknown, yes };

constexpr Truth truth_of(bool value) {
  return value ? Truth::yes : Truth::no;
}
constexpr Truth both(Truth a, Truth b) {
  return std::min(a, b);
}
constexpr Truth either(Truth a, Truth b) {
  return std::max(a, b);
}
constexpr Truth negated(Truth a) {
  return a == Truth::yes ? Truth::no : a == Truth::no ? Truth::yes : Truth::unknown;
}

}  // namespace doctor::iam
