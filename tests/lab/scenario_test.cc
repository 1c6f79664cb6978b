#include "lab/scenario.h"

namespace doctor::lab {
TEST(Scenario, NamesAreUnique) {
  std::set<std::string> names;
  for (const auto& info : scenarios()) EXPECT_TRUE(names.insert(info.name).second) << info.name;
}
}  // namespace doctor::lab
