// Writes what codify answers for the sample runs, for other programs to check: iac_sample DIR
//   generated/RUN, stack/RUN                    what is written where there is no code
//   patched/RUN, stack-patched/RUN/TEMPLATE     what is written for tests/iac/code, and its files, patched
//   journal.db                                  the runs as a journal, oldest first
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "iac/cloudformation.h"
#include "iac/run_support.h"
#include "iac/terraform.h"

namespace fs = std::filesystem;
using namespace doctor::iac;

namespace {

constexpr const char* kRuns[] = {"exec", "network", "quotas", "storage", "spot"};

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::vector<HclFile> terraform_code() {
  std::vector<HclFile> files;
  const fs::path folder = fs::path(DOCTOR_SOURCE_DIR) / "tests/iac/code";
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".tf") continue;
    auto file = read_hcl_file(entry.path().filename(), file_text(entry.path()));
    if (!file) throw std::runtime_error(file.error().sentence);
    files.push_back(std::move(*file));
  }
  return files;
}

void write_all(const fs::path& folder, const Codified& codified, const std::string& run) {
  for (const auto& file : codified.files) write(folder / file.name, file.text);
  for (const auto& patch : codified.patches) {
    write(folder / "patched" / patch.name, patch.after);
    write(folder / "patched" / (patch.name + ".diff"), patch.diff);
    write(folder / "patched" / (patch.name + ".before"), patch.before);
  }
  write(folder / "drift.json", drift_json(codified, run));
  write(folder / "drift.txt", drift_text(codified));
}

// The runs as apply would have journalled them.
bool write_journal(const std::string& path) {
  auto journal = doctor::remedy::Journal::open(path);
  if (!journal) return false;
  auto now = doctor::core::timestamp_of_iso("2026-11-24T14:15:03Z").value();
  for (const char* name : kRuns) {
    auto run = run_of(sample(name));
    const auto id = (*journal)->begin(run.plan, now += std::chrono::minutes{1});
    if (!id) return false;
    for (auto& entry : run.entries) {
      entry.run = *id;
      entry.intended_at = now;
      const auto outcome = std::exchange(entry.outcome, doctor::remedy::Outcome::intended);
      if (!(*journal)->intend(entry)) return false;
      entry.outcome = outcome;
      entry.concluded_at = now;
      if (!(*journal)->conclude(entry)) return false;
    }
    if (!(*journal)->set_state(*id, doctor::remedy::RunState::done, now)) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: iac_sample DIR\n", stderr), 2;
  const fs::path out = argv[1];
  const auto files = terraform_code();
  const auto state = TerraformState::parse(
      file_text(std::string(DOCTOR_SOURCE_DIR) + "/tests/iac/code/terraform.tfstate"), "terraform.tfstate");
  if (!state) return std::fputs((state.error().sentence + "\n").c_str(), stderr), 2;
  const std::string code = std::string(DOCTOR_SOURCE_DIR) + "/tests/iac/code/";
  fs::create_directories(out);
  if (!write_journal(out / "journal.db")) return std::fputs("no journal\n", stderr), 2;
  for (const char* run : kRuns) {
    const auto changes = changes_from(sample(run));
    write_all(out / "generated" / run, terraform_of(changes, nullptr, {}), run);
    write_all(out / "patched" / run, terraform_of(changes, &*state, files), run);
    write_all(out / "stack" / run, cloudformation_of(changes, {}, {}).value(), run);
    std::vector<Template> templates;
    for (const char* name : {"stack.yaml", "stack.json"}) {
      templates.push_back(read_template(name, file_text(code + name)).value());
      write_all(out / "stack-patched" / run / name,
                cloudformation_of(changes, {}, {templates.back()}).value(), run);
    }
  }
  return 0;
}
