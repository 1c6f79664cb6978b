#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "diagnose/explain.h"
#include "report/explanation.h"

namespace doctor::cli {
namespace {

struct ExplainFlags {
  std::vector<std::string> words;
};

// The text to explain: the words of the command line, or standard input for "-".
std::string text_of(const ExplainFlags& options) {
  if (options.words.size() == 1 && options.words.front() == "-") {
    return {std::istreambuf_iterator<char>(std::cin), {}};
  }
  std::string text;
  for (const auto& word : options.words) text += (text.empty() ? "" : " ") + word;
  return text;
}

int explain_command(Context& context, const ExplainFlags& options) {
  if (auto ok = require_output(context, {"text", "json", "markdown"}); !ok)
    return report_error(context, ok.error());
  const std::string text = text_of(options);
  const auto explanations = diagnose::explain(text);
  if (explanations.empty()) {
    std::string families;
    for (const auto& family : diagnose::known_families()) families += (families.empty() ? "" : ", ") + family;
    constexpr std::size_t kShown = 120;
    const std::string shown = text.size() > kShown ? text.substr(0, kShown) + "…" : text;
    return report_error(
        context,
        core::make_error(
            core::ErrorKind::bad_input, "nothing known in '" + shown + "'",
            "paste a stopped reason, a service event or an AWS error code, or name a family: " + families));
  }
  if (context.global.output == "json") {
    context.out << report::explanation_json(explanations);
  } else if (context.global.output == "markdown") {
    context.out << report::explanation_markdown(explanations);
  } else {
    context.out << report::explanation_text(explanations, {.width = context.width, .colour = context.colour});
  }
  return kNothingFound;
}

}  // namespace

void add_explain(CLI::App& app, Run& run) {
  auto options = std::make_shared<ExplainFlags>();
  auto* command =
      app.add_subcommand("explain", "Say what an AWS code, stopped reason or service event means, offline");
  command->add_option("text", options->words, "A family, a code or any pasted text; - reads standard input")
      ->required();
  command->callback(
      [options, &run] { run = [options](Context& context) { return explain_command(context, *options); }; });
}

}  // namespace doctor::cli
