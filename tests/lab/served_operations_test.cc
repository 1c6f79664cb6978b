// Whatever this program may ask of AWS, the lab answers: found in the code, not in a list of ours.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "aws/operations.h"
#include "lab/desk_support.h"
#include "remedy/kinds.h"

namespace doctor::lab {
namespace {

namespace fs = std::filesystem;
using testing::Desk;
using Operation = std::pair<std::string, std::string>;

std::string text_of_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The quoted text that begins at `at`, where one does; `at` moves behind it.
std::string quoted(const std::string& text, std::size_t& at) {
  if (at >= text.size() || text[at] != '"') return {};
  const auto end = text.find('"', at + 1);
  if (end == std::string::npos) return {};
  std::string found = text.substr(at + 1, end - at - 1);
  at = end + 1;
  return found;
}

bool is_operation_name(const std::string& text) {
  return text.size() > 3 && !text.ends_with("Exception") &&
         std::isupper(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c); });
}

// "ecs", "UpdateService" side by side, whatever white space lies between.
std::set<Operation> operations_named_in(const std::string& text) {
  std::set<Operation> found;
  for (const auto& model : aws::all_services()) {
    const std::string service(model.name), sign = '"' + service + "\",";
    for (auto at = text.find(sign); at != std::string::npos; at = text.find(sign, at)) {
      at += sign.size();
      std::size_t next = std::min(text.find_first_not_of(" \n", at), text.size());
      const std::string operation = quoted(text, next);
      if (is_operation_name(operation)) found.emplace(service, operation);
    }
  }
  return found;
}

// `operation == "ReplaceRoute"`: what a planner takes over from the network engine by name.
std::set<std::string> operations_compared_in(const std::string& text) {
  const std::string sign = "operation == ";
  std::set<std::string> found;
  for (auto at = text.find(sign); at != std::string::npos; at = text.find(sign, at)) {
    at += sign.size();
    const std::string name = quoted(text, at);
    if (is_operation_name(name)) found.insert(name);
  }
  return found;
}

std::vector<fs::path> sources_of(std::initializer_list<const char*> stages) {
  std::vector<fs::path> files;
  for (const char* stage : stages) {
    for (const auto& entry : fs::directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "src" / stage)) {
      if (entry.path().extension() == ".cc") files.push_back(entry.path());
    }
  }
  return files;
}

TEST(ServedOperations, AreAllOfTheTable) {
  const Desk lab;
  for (const auto& row : aws::all_operations()) {
    EXPECT_NE(lab.desk.registry().find(row.service, row.name), nullptr) << row.service << " " << row.name;
  }
}

TEST(ServedOperations, AreAllThatTheCodeNames) {
  const Desk lab;
  std::size_t count = 0;
  for (const auto& path :
       sources_of({"facts", "network", "diagnose", "remedy", "verify", "iac", "report", "cli"})) {
    for (const auto& [service, operation] : operations_named_in(text_of_file(path))) {
      EXPECT_NE(lab.desk.registry().find(service, operation), nullptr)
          << path.filename() << " asks for " << service << " " << operation;
      ++count;
    }
  }
  EXPECT_GT(count, 120u);
}

TEST(ServedOperations, AreAllThatAPlannerTakesFromTheNetworkEngine) {
  const Desk lab;
  std::size_t count = 0;
  for (const auto& path : sources_of({"remedy"})) {
    for (const auto& name : operations_compared_in(text_of_file(path))) {
      const auto& all = lab.desk.registry().all();
      const bool served =
          std::any_of(all.begin(), all.end(), [&](const auto& entry) { return entry.first.second == name; });
      EXPECT_TRUE(served) << path.filename() << " takes " << name;
      ++count;
    }
  }
  EXPECT_GE(count, 7u);  // CreateNetworkAclEntry, CreateRoute, ReplaceRoute, ModifyVpcEndpoint, …
}

TEST(ServedOperations, AreTheReadingOfEachKindOfResource) {
  const Desk lab;
  for (const remedy::Kind& kind : remedy::all_kinds()) {
    for (const char* id : {"some-id", "one/other", "subnet-1"}) {
      const auto read = kind.read({std::string(kind.name), id, "111122223333", "eu-west-1"});
      EXPECT_NE(lab.desk.registry().find(read.service, read.operation), nullptr)
          << kind.name << ": " << read.service << " " << read.operation;
    }
  }
}

}  // namespace
}  // namespace doctor::lab
