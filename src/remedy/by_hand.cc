#include "remedy/by_hand.h"

#include <fmt/format.h>

#include <cctype>

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
  const auto filled = filled_request(run, step, request);
  return filled ? *filled : request;
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
  return {what, aws_command(filled_by_answers(run.run, step, step.inverse))};
}

}  // namespace doctor::remedy
