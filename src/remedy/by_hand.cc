#include "remedy/by_hand.h"

#include <fmt/format.h>

#include <cctype>

#include "core/json.h"
#include "remedy/references.h"

namespace doctor::remedy {
namespace {

bool is_upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

// Nothing inside single quotes means anything to a POSIX shell; a quote itself ends them for a moment.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

std::string kebab_case(std::string_view operation) {
  std::string out;
  for (std::size_t i = 0; i < operation.size(); ++i) {
    const char c = operation[i];
    const bool begins_a_word =
        i > 0 && is_upper(c) &&
        (!is_upper(operation[i - 1]) || (i + 1 < operation.size() && !is_upper(operation[i + 1])));
    if (begins_a_word) out += '-';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string aws_command(const Request& request) {
  const std::string region = request.region.empty() ? "" : " --region " + request.region;
  return fmt::format("aws {} {}{} --cli-input-json {}", request.service, kebab_case(request.operation),
                     region, shell_quoted(request.input.empty() ? "{}" : core::printable(request.input)));
}

Request filled_by_answers(const Run& run, const Step& step, const Request& request) {
  if (auto filled = filled_request(run, step, request)) return std::move(*filled);
  const auto known_or_named = [&](std::string_view name) -> core::Result<std::string> {
    const auto one = filled_request(
        run, step, {request.service, request.operation, request.region, fmt::format(R"("${{{}}}")", name)});
    if (one) return one->input;
    return core::json_quoted(fmt::format("<{}>", name.substr(name.rfind('.') + 1)));
  };
  Request named = request;
  if (auto input = fill_json(request.input, known_or_named)) named.input = std::move(*input);
  return named;
}

std::vector<std::string> look_by_hand(const Execution& run, const Step& step) {
  const Kind* kind = run.options.kind(step.resource.kind);
  const auto resource = filled_resource(run.run, step);
  if (kind == nullptr || !resource) return {};
  return {fmt::format("# how is {} {} now?", resource->kind, resource->id),
          aws_command(kind->read(*resource))};
}

std::vector<std::string> take_back_by_hand(const Execution& run, const Step& step) {
  const std::string what = fmt::format("# step {}, to take back: {}", step.id, core::printable(step.title));
  if (step.inverse.service.empty()) {
    return {what, fmt::format("# no call takes it back: {}", step.one_way_reason.empty()
                                                                 ? "it is one-way"
                                                                 : core::printable(step.one_way_reason))};
  }
  std::vector<std::string> lines = {what};
  if (!filled_request(run.run, step, step.inverse))
    lines.emplace_back("# where it took effect; the command above shows what belongs in <…>");
  lines.push_back(aws_command(filled_by_answers(run.run, step, step.inverse)));
  return lines;
}

}  // namespace doctor::remedy
