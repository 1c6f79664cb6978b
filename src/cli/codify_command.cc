#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <set>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/journal_place.h"
#include "cli/text_source.h"
#include "iac/cloudformation.h"
#include "iac/terraform.h"

namespace doctor::cli {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using core::fail;
using core::Result;

struct CodifyFlags {
  std::string run, to, journal, state, out;
  std::vector<std::string> patch;
  bool apply = false;
};

// Replaces the file in one step, so that a kill leaves the old one or the new one.
Result<void> write_whole(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.string() + ".fargate-doctor";
  {
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    stream << text;
    if (!stream.flush()) return fail(ErrorKind::bad_input, temporary.string() + ": " + std::strerror(errno));
  }
  std::error_code error;
  if (fs::exists(path, error)) fs::permissions(temporary, fs::status(path, error).permissions(), error);
  fs::rename(temporary, path, error);
  if (error) return fail(ErrorKind::bad_input, path.string() + ": " + error.message());
  return {};
}

Result<iac::Codified> as_terraform(const Context& context, const CodifyFlags& flags,
                                   const std::vector<iac::Change>& changes) {
  std::optional<iac::TerraformState> state;
  if (!flags.state.empty()) {
    auto text = text_at(context, flags.state);
    if (!text) return fail(text.error());
    auto parsed = iac::TerraformState::parse(*text, flags.state);
    if (!parsed) return fail(parsed.error());
    state = std::move(*parsed);
  }
  std::vector<iac::HclFile> files;
  for (const auto& name : flags.patch) {
    auto text = whole_text(name);
    if (!text) return fail(text.error());
    auto file = iac::read_hcl_file(name, std::move(*text));
    if (!file) return fail(file.error());
    files.push_back(std::move(*file));
  }
  return iac::terraform_of(changes, state ? &*state : nullptr, files);
}

Result<iac::Codified> as_cloudformation(const Context& context, const CodifyFlags& flags,
                                        const std::vector<iac::Change>& changes) {
  std::vector<iac::StackResource> stack;
  if (!flags.state.empty()) {
    auto text = text_at(context, flags.state);
    if (!text) return fail(text.error());
    auto parsed = iac::read_stack_resources(*text, flags.state);
    if (!parsed) return fail(parsed.error());
    stack = std::move(*parsed);
  }
  std::vector<iac::Template> templates;
  for (const auto& name : flags.patch) {
    auto text = whole_text(name);
    if (!text) return fail(text.error());
    auto file = iac::read_template(name, std::move(*text));
    if (!file) return fail(file.error());
    templates.push_back(std::move(*file));
  }
  return iac::cloudformation_of(changes, stack, templates);
}

void print_codified(Context& context, const CodifyFlags& flags, const iac::Codified& codified) {
  if (context.global.output == "json") {
    context.out << iac::drift_json(codified, flags.run);
    return;
  }
  context.out << (codified.drift.empty()
                      ? "The code says all that the run changed.\n"
                      : iac::drift_headline(codified, flags.run) + iac::drift_text(codified));
  for (const auto& patch : codified.patches) context.out << "\n" << patch.diff;
  if (!flags.out.empty()) return;
  for (const auto& file : codified.files) context.out << "\n# ---- " << file.name << "\n" << file.text;
}

Result<void> write_codified(Context& context, const CodifyFlags& flags, const iac::Codified& codified) {
  if (!flags.out.empty()) {
    std::error_code error;
    fs::create_directories(flags.out, error);
    if (error)
      return fail(ErrorKind::bad_input, flags.out + ": " + error.message(), "name a folder with --out");
    for (const auto& file : codified.files) {
      if (auto ok = write_whole(fs::path(flags.out) / file.name, file.text); !ok) return ok;
      if (!context.global.quiet)
        context.err << "wrote " << (fs::path(flags.out) / file.name).string() << "\n";
    }
  }
  for (const auto& patch : codified.patches) {
    if (!flags.apply) continue;
    const auto now = whole_text(patch.name);
    if (!now || *now != patch.before) {
      return fail(ErrorKind::bad_input, patch.name + " was changed meanwhile", "run codify again");
    }
    if (auto ok = write_whole(patch.name, patch.after); !ok) return ok;
    if (!context.global.quiet) context.err << "patched " << patch.name << "\n";
  }
  if (!flags.apply && !codified.patches.empty() && !context.global.quiet) {
    context.err << "nothing was patched; --apply writes the patches\n";
  }
  return {};
}

int codify_command(Context& context, CodifyFlags flags) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto journal = journal_path(flags.journal);
  if (!journal) return report_error(context, journal.error());
  auto run = run_of(*journal, flags.run);
  if (!run) return report_error(context, run.error());
  flags.run = run->id;
  auto changes = iac::changes_of(*run);
  if (!changes) return report_error(context, changes.error());
  auto codified = flags.to == "terraform" ? as_terraform(context, flags, *changes)
                                          : as_cloudformation(context, flags, *changes);
  if (!codified) return report_error(context, codified.error());
  print_codified(context, flags, *codified);
  if (auto ok = write_codified(context, flags, *codified); !ok) return report_error(context, ok.error());
  return codified->drift.empty() ? kNothingFound : kFound;
}

}  // namespace

void add_codify(CLI::App& app, Run& run) {
  auto flags = std::make_shared<CodifyFlags>();
  auto* command = app.add_subcommand(
      "codify",
      "Write what a run changed as Terraform or CloudFormation: patches of your files, and imports");
  command->add_option("run", flags->run, "The run's id, or last")->required();
  command->add_option("--to", flags->to, "terraform or cloudformation")
      ->required()
      ->check(CLI::IsMember({"terraform", "cloudformation"}));
  command->add_option(
      "--state", flags->state,
      "Terraform state (version 4), or what `aws cloudformation describe-stack-resources` prints: a file, or "
      "s3://BUCKET/KEY");
  command->add_option("--patch", flags->patch,
                      "A .tf file, or a template, that may have the resources (repeatable)");
  command->add_option("--out", flags->out, "Folder for the generated files; without it they are printed");
  command->add_flag("--apply", flags->apply,
                    "Write the patches into the files; without it they are only shown");
  add_journal_flag(*command, flags->journal);
  command->callback(
      [flags, &run] { run = [flags](Context& context) { return codify_command(context, *flags); }; });
}

}  // namespace doctor::cli
