#include "diagnose/level_sight.h"

#include <fmt/format.h>

#include "core/arn.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

// " (statement NoSecrets, line 10)"; a document of one line has no lines worth naming.
std::string statement_words(const Decision& decision, const std::vector<Document>& documents) {
  if (decision.document < 0 || decision.statement == 0) return {};
  std::string out =
      " (statement " + (decision.sid.empty() ? std::to_string(decision.statement) : decision.sid);
  const std::string& text = documents[static_cast<std::size_t>(decision.document)].text;
  if (text.find('\n') != std::string::npos) out += fmt::format(", line {}", decision.line);
  return out + ")";
}

}  // namespace

Grant grant_of(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::allowed:
      return Grant::allowed;
    case Decision::Kind::denied:
      return Grant::denied;
    case Decision::Kind::absent:
      return Grant::absent;
    case Decision::Kind::depends:
      return Grant::depends;
  }
  return Grant::depends;
}

int precedence(Grant grant) {
  switch (grant) {
    case Grant::denied:
      return 3;
    case Grant::absent:
      return 2;
    case Grant::depends:
      return 1;
    case Grant::allowed:
      return 0;
  }
  return 0;
}

std::string words_of(const Call& call) {
  return call.resource == "*" ? call.action : call.action + " on " + call.resource;
}

PolicySight sight_from(PolicyLevel level, const std::vector<Document>& documents, const Request& request,
                       const Call& call, const Words& words, Source source) {
  const Decision decision = decide(level, documents, request);
  PolicySight sight{level, grant_of(decision.kind), {}, {}, std::move(source)};
  std::string named;
  if (decision.document >= 0) {
    sight.policy = documents[static_cast<std::size_t>(decision.document)].name;
    named = fmt::format(fmt::runtime(words.one), sight.policy) + statement_words(decision, documents) +
            words.where;
    if (sight.source.value.empty()) sight.source.value = sight.policy;
    if (!decision.sid.empty()) sight.source.value += " " + decision.sid;
  }
  switch (sight.grant) {
    case Grant::denied:
      sight.why = named + " denies " + words_of(call);
      break;
    case Grant::absent:
      sight.why = words.all + words.where + " allows " + words_of(call);
      break;
    case Grant::allowed:
      sight.why = named + " allows " + words_of(call);
      break;
    case Grant::depends:
      sight.why = decision.depends_on.empty() ? named + " could not be read"
                                              : fmt::format("what {} says of {} depends on {}", named,
                                                            words_of(call), joined(decision.depends_on));
      break;
  }
  return sight;
}

Request request_of(const facts::Place& place, const std::string& principal, const Call& call) {
  Request request{call.action, call.resource, principal, {}};
  iam::Context& context = request.context;
  context.set("aws:requestedregion", {place.region});
  context.set("aws:securetransport", {"true"});
  context.set("aws:principalisawsservice", {"false"});
  context.set("aws:viaawsservice", {call.via.empty() ? "false" : "true"});
  if (!call.via.empty())
    context.set("kms:viaservice", {fmt::format("{}.{}.amazonaws.com", call.via, place.region)});
  if (const auto arn = core::Arn::parse(principal); arn) {
    context.set("aws:principalarn", {principal});
    context.set("aws:principalaccount", {arn->account});
    context.set("aws:principaltype", {"AssumedRole"});
  }
  if (const auto arn = core::Arn::parse(call.resource); arn && core::is_account_id(arn->account))
    context.set("aws:resourceaccount", {arn->account});
  return request;
}

}  // namespace doctor::diagnose
