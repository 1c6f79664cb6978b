// Writes what codify answers for the sample runs, for other programs to check: iac_sample DIR
//   DIR/terraform/RUN/…  generated files; DIR/patched/RUN/… the files of tests/iac/code, patched
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "iac/cloudformation.h"
#include "iac/run_support.h"
#include "iac/terraform.h"

namespace fs = std::filesystem;
using namespace doctor::iac;

namespace {

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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: iac_sample DIR\n", stderr), 2;
  const fs::path out = argv[1];
  const auto files = terraform_code();
  const auto state = TerraformState::parse(file_text(std::string(DOCTOR_SOURCE_DIR) + "/tests/iac/code/terraform.tfstate"),
                                           "terraform.tfstate");
  if (!state) return std::fputs((state.error().sentence + "\n").c_str(), stderr), 2;
  const std::string code = std::string(DOCTOR_SOURCE_DIR) + "/tests/iac/code/";
  for (const char* run : {"spot", "storage", "exec", "network", "quotas"}) {
    const auto changes = changes_from(sample(run));
    write_all(out / "generated" / run, terraform_of(changes, nullptr, {}), run);
    write_all(out / "patched" / run, terraform_of(changes, &*state, files), run);
    write_all(out / "stack" / run, cloudformation_of(changes, {}, {}).value(), run);
    std::vector<Template> templates;
    for (const char* name : {"stack.yaml", "stack.json"}) {
      templates.push_back(read_template(name, file_text(code + name)).value());
      write_all(out / "stack-patched" / run / name, cloudformation_of(changes, {}, {templates.back()}).value(), run);
    }
  }
  return 0;
}
