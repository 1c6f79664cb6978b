// The layout of docs/architecture.md, enforced: a stage includes only what stands above it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kStages = {"core",    "aws",   "facts",    "events", "store",  "iam",
                                          "network", "drift", "diagnose", "remedy", "verify", "capacity",
                                          "guard",   "iac",   "report",   "server", "lab",    "cli"};

std::size_t rank(const std::string& stage) {
  return static_cast<std::size_t>(std::find(kStages.begin(), kStages.end(), stage) - kStages.begin());
}

struct Include {
  fs::path file;
  int line;
  std::string from, to;
};

std::vector<Include> includes() {
  std::vector<Include> found;
  const std::regex pattern(R"re(^\s*#\s*include\s+"([a-z_]+)/[^"]+")re");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "src")) {
    const auto extension = entry.path().extension();
    if (extension != ".cc" && extension != ".h") continue;
    std::ifstream in(entry.path());
    std::string text;
    for (int line = 1; std::getline(in, text); ++line) {
      std::smatch match;
      if (std::regex_search(text, match, pattern)) {
        found.push_back({entry.path(), line, entry.path().parent_path().filename().string(), match[1]});
      }
    }
  }
  return found;
}

TEST(Architecture, EveryFolderIsAStage) {
  for (const auto& entry : fs::directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "src")) {
    if (entry.is_directory()) EXPECT_LT(rank(entry.path().filename()), kStages.size()) << entry.path();
  }
}

TEST(Architecture, AStageIncludesOnlyWhatStandsAboveIt) {
  const auto all = includes();
  ASSERT_GT(all.size(), 50u);
  for (const auto& include : all) {
    EXPECT_LT(rank(include.to), kStages.size())
        << include.file << ":" << include.line << " includes no stage: " << include.to;
    EXPECT_LE(rank(include.to), rank(include.from))
        << include.file << ":" << include.line << ": " << include.from << " may not include " << include.to;
  }
}

TEST(Architecture, NothingButItsCommandKnowsTheLab) {
  for (const auto& include : includes()) {
    if (include.to != "lab" || include.from == "lab") continue;
    EXPECT_EQ(include.file.filename(), "lab_command.cc") << include.file << ":" << include.line;
  }
}

// Heavy headers stay in .cc files: a header that includes one makes every user of it pay.
TEST(Architecture, NoHeavyHeaderInAHeader) {
  const std::regex heavy(
      R"(^\s*#\s*include\s+<(nlohmann/json\.hpp|simdjson\.h|CLI/|curl/|pugixml|microhttpd|regex|iostream|fmt/))");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "src")) {
    if (entry.path().extension() != ".h") continue;
    // The lab's handlers take and give JSON by value; its precompiled header pays for that once.
    if (entry.path().parent_path().filename() == "lab") continue;
    std::ifstream in(entry.path());
    std::string text;
    for (int line = 1; std::getline(in, text); ++line) {
      EXPECT_FALSE(std::regex_search(text, heavy)) << entry.path() << ":" << line << ": " << text;
    }
  }
}

}  // namespace
