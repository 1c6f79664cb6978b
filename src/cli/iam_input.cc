#include "cli/iam_input.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

namespace doctor::cli {

using core::ErrorKind;
using core::fail;

CLI::App& iam_group(CLI::App& app) {
  for (auto* group : app.get_subcommands([](const CLI::App* one) { return one->get_name() == "iam"; }))
    return *group;
  auto* group =
      app.add_subcommand("iam", "Who may do what: policies evaluated offline, as AWS evaluates them");
  group->require_subcommand(1);
  return *group;
}

std::string text_of_words(const std::vector<std::string>& words) {
  if (words.size() == 1 && words.front() == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

core::Result<std::string> text_of_file(const std::string& path) {
  if (path == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad())
    return fail(ErrorKind::bad_input, path + ": cannot be read", "name a file, or - for standard input");
  return text;
}

core::Result<std::vector<iam::Denial>> denials_of(const IamInput& input) {
  if (input.words.empty() == input.event.empty()) {
    return fail(ErrorKind::usage, "give the error's text or --event FILE, one of them",
                "fargate-doctor iam explain 'User: … is not authorized to perform: …'");
  }
  std::vector<iam::Denial> denials;
  if (!input.event.empty()) {
    const auto text = text_of_file(input.event);
    if (!text) return fail(text.error());
    auto calls = iam::api_calls_of(*text, input.event);
    if (!calls) return fail(calls.error());
    for (auto& call : *calls) {
      if (call.denial) denials.push_back(std::move(*call.denial));
    }
    if (denials.empty()) {
      return fail(ErrorKind::bad_input, input.event + ": no event with an errorCode such as AccessDenied");
    }
  } else {
    auto parsed = iam::parse_denials(text_of_words(input.words));
    if (!parsed) return fail(parsed.error());
    denials = std::move(*parsed);
  }
  for (auto& denial : denials) denial = iam::with_action_of_operation(std::move(denial));
  return denials;
}

}  // namespace doctor::cli
