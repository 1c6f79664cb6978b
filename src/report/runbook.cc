#include "report/runbook.h"

#include <algorithm>

#include "core/arn.h"
#include "diagnose/explain.h"
#include "diagnose/family_pages.h"
#include "facts/redact.h"
#include "remedy/by_hand.h"
#include "remedy/kinds.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using diagnose::Incident;
using remedy::Entry;
using remedy::EntryKind;
using remedy::Outcome;
using remedy::Run;
using remedy::Step;

// One word of a shell: nothing in a name may run when the line is pasted.
std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-";
  const std::string clean = core::printable(text);
  if (!clean.empty() && clean.find_first_not_of(kPlain) == std::string::npos) return clean;
  std::string out = "'";
  for (const char c : clean) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Who and what it is about, from whichever of the two is there.
struct Subject {
  std::string family, cause, cause_title, cluster, service, account, region;
};

Subject subject_of(const Run* run, const Incident* incident) {
  Subject out;
  if (incident != nullptr) {
    out = {incident->family, {}, {}, incident->cluster, incident->service, incident->account,
           incident->region};
    if (const auto* lead = leading(*incident); lead != nullptr) {
      out.cause = lead->id;
      out.cause_title = lead->title;
    }
  }
  if (run != nullptr) {
    const remedy::Plan& plan = run->plan;
    const bool same_cause = out.cause == plan.cause;
    out = {plan.family,  plan.cause, same_cause ? out.cause_title : std::string{}, plan.cluster, plan.service,
           plan.account, plan.region};
  }
  out.cluster = core::short_name(out.cluster);
  out.service = core::short_name(out.service);
  return out;
}

std::string place_of(const Subject& subject) {
  std::string out = subject.cluster;
  if (!subject.service.empty()) out += (out.empty() ? "" : "/") + subject.service;
  return out.empty() ? subject.region : out;
}

const diagnose::ExplainedCause* cause_in(const diagnose::Explanation& explanation, std::string_view id) {
  for (const auto* list : {&explanation.causes, &explanation.contributing}) {
    for (const auto& cause : *list) {
      if (cause.id == id) return &cause;
    }
  }
  return nullptr;
}

std::optional<diagnose::Explanation> explanation_of(const Subject& subject) {
  if (subject.family.empty()) return std::nullopt;
  auto found = diagnose::explain(subject.family);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::string title_of(const Subject& subject, const std::optional<diagnose::Explanation>& explanation) {
  if (!subject.cause_title.empty()) return subject.cause_title;
  if (explanation) {
    if (const auto* cause = cause_in(*explanation, subject.cause)) return cause->title;
  }
  return subject.cause;
}

void what_happened(Document& out, const Subject& subject, const Incident* incident,
                   const std::optional<diagnose::Explanation>& explanation, const Run* run) {
  out.heading("What happened");
  if (incident != nullptr) out.paragraph(sentence(incident->summary));
  if (explanation) out.paragraph(sentence(explanation->title) + " " + explanation->meaning);
  std::vector<std::vector<std::string>> rows{{"", ""}};
  const auto row = [&](std::string name, std::string value) {
    if (!value.empty()) rows.push_back({std::move(name), std::move(value)});
  };
  row("Family", subject.family.empty() ? "no Fargate failure family" : subject.family);
  row("Cause", capitalised(title_of(subject, explanation)) +
                   (subject.cause.empty() ? "" : " (" + subject.cause + ")"));
  if (incident != nullptr && leading(*incident) != nullptr)
    row("How certain", certainty(leading(*incident)->probability).data() + std::string(", ") +
                           percent(leading(*incident)->probability));
  row("Cluster", subject.cluster);
  row("Service", subject.service.empty() ? "stand-alone tasks" : subject.service);
  row("Account", subject.account);
  row("Region", subject.region);
  if (incident != nullptr) {
    row("When", period(*incident));
    row("How many", counted(*incident));
  }
  if (run != nullptr) row("Mended by", "run " + run->id + ", begun " + core::to_iso(run->began_at));
  out.table(std::move(rows));
}

void evidence(Document& out, const Incident* incident) {
  out.heading("Evidence");
  const auto* lead = incident == nullptr ? nullptr : leading(*incident);
  if (lead == nullptr || lead->evidence.empty()) {
    out.paragraph(incident == nullptr
                      ? "The journal keeps what was changed, not what was seen: give the diagnosis with "
                        "--diagnosis to have the evidence here."
                      : "None was found.");
    return;
  }
  std::vector<std::vector<std::string>> rows{{"", "What was seen", "Weight", "Where"}};
  for (const auto* piece : weightiest(*lead)) {
    std::string where = call_of(piece->source);
    if (const auto field = field_of(piece->source); !field.empty()) where += ": " + field;
    if (piece->source.time) where += ", " + core::to_iso(*piece->source.time);
    if (!piece->source.event_id.empty()) where += ", event " + piece->source.event_id;
    rows.push_back({piece->speaks_for ? "for" : "against", sentence(piece->statement), number(piece->weight),
                    facts::redact_line(where)});
  }
  out.table(std::move(rows));
}

void advice(Document& out, const Run* run, const Incident* incident) {
  std::vector<std::string> items;
  if (run != nullptr) {
    for (const auto& item : run->plan.advice)
      items.push_back(item.title + (item.detail.empty() ? "" : ": " + item.detail));
    for (const auto& left_out : run->plan.fixes_left_out) items.push_back("Not done: " + left_out);
  } else if (incident != nullptr && leading(*incident) != nullptr) {
    for (const auto& fix : leading(*incident)->fixes) {
      items.push_back(fix.title + (fix.detail.empty() ? "" : ": " + fix.detail) + " (" + conditions(fix) +
                      ")");
    }
  }
  if (incident != nullptr) {
    for (const auto& factor : incident->contributing)
      items.push_back("Why it hurt, or will again: " + factor.title + " (" + percent(factor.probability) +
                      ")");
  }
  if (items.empty()) return;
  out.heading(run != nullptr ? "What is left to do" : "What to do");
  out.bullets(std::move(items));
}

const Entry* last_entry(const Run& run, const std::string& step, EntryKind kind) {
  const Entry* out = nullptr;
  for (const Entry& entry : run.entries) {
    if (entry.step == step && entry.kind == kind) out = &entry;
  }
  return out;
}

std::string outcome_words(const Entry* entry) {
  if (entry == nullptr) return "not begun";
  std::string out(remedy::outcome_name(entry->outcome));
  std::replace(out.begin(), out.end(), '_', ' ');
  if (entry->concluded_at) out += " at " + core::to_iso(*entry->concluded_at);
  if (!entry->error.empty()) out += ": " + facts::redact_line(entry->error);
  return out;
}

void what_was_done(Document& out, const Run& run) {
  out.heading("What was done");
  std::string state(remedy::state_name(run.state));
  std::replace(state.begin(), state.end(), '_', ' ');
  out.paragraph("Run " + run.id + " is " + state + ".");
  std::vector<std::string> items;
  for (const Step& step : run.plan.steps) {
    std::string item = step.title + " (" + outcome_words(last_entry(run, step.id, EntryKind::apply)) + ")";
    if (const Entry* back = last_entry(run, step.id, EntryKind::inverse))
      item += "; taken back: " + outcome_words(back);
    items.push_back(std::move(item));
  }
  out.numbers(std::move(items));
  for (const Step& step : run.plan.steps) {
    const Entry* entry = last_entry(run, step.id, EntryKind::apply);
    if (entry != nullptr) out.code(command_of(entry->request), "bash");
  }
}

void before_and_after(Document& out, const Run& run) {
  std::vector<std::vector<std::string>> rows{{"Step", "Resource", "Before -> after"}};
  for (const Step& step : run.plan.steps) {
    const Entry* entry = last_entry(run, step.id, EntryKind::apply);
    if (entry == nullptr || entry->after.empty()) continue;
    std::string lines;
    if (entry->before == "null") lines = "it was not there -> made";
    for (const auto& line : lines.empty() ? remedy::differences(facts::redact_json(entry->before),
                                                                facts::redact_json(entry->after))
                                          : std::vector<std::string>{})
      lines += (lines.empty() ? "" : "; ") + line;
    rows.push_back(
        {step.id, step.resource.kind + " " + step.resource.id, lines.empty() ? "the same" : lines});
  }
  if (rows.size() < 2) return;
  out.heading("Before and after");
  out.table(std::move(rows));
}

void verification(Document& out, const verify::Verification& seen) {
  out.heading("Verified");
  out.paragraph(sentence(summary_of(seen)) + " Checked at " + core::to_iso(seen.checked_at) + ".");
  std::vector<std::vector<std::string>> rows{{"Check", "", "Why"}};
  for (const auto& check : seen.checks) {
    std::string standing(verify::standing_name(check.standing));
    std::replace(standing.begin(), standing.end(), '_', ' ');
    if (check.until) standing += " until " + core::to_iso(*check.until);
    rows.push_back({check.name, standing, check.why});
  }
  out.table(std::move(rows));
}

void how_to_undo(Document& out, const Run& run) {
  out.heading("How to undo");
  out.code("fargate-doctor rollback " + run.id +
               "          # shows what it would do\nfargate-doctor rollback " + run.id +
               " --apply  # does it",
           "bash");
  out.paragraph(
      "It takes the steps back in reverse, and refuses with a three-way difference where someone has changed "
      "a "
      "resource since. By hand, in this order:");
  std::vector<std::string> one_way;
  for (auto step = run.plan.steps.rbegin(); step != run.plan.steps.rend(); ++step) {
    if (!step->inverse.service.empty()) {
      out.code("# " + step->id + ": takes back: " + core::printable(step->title) + "\n" +
                   command_of(remedy::filled_by_answers(run, *step, step->inverse)),
               "bash");
    }
    if (!step->reversible) one_way.push_back(step->title + ": " + step->one_way_reason);
  }
  if (!one_way.empty()) out.paragraph("What cannot be taken back:");
  out.bullets(std::move(one_way));
}

void next_time(Document& out, const Subject& subject, const Incident* incident,
               const std::optional<diagnose::Explanation>& explanation) {
  out.heading("How to recognise it next time");
  std::vector<std::string> signs;
  if (incident != nullptr && leading(*incident) != nullptr) {
    for (const auto* piece : weightiest(*leading(*incident))) {
      if (piece->speaks_for && signs.size() < 3 && !field_of(piece->source).empty())
        signs.push_back(call_of(piece->source) + " shows " + facts::redact_line(field_of(piece->source)));
    }
  }
  if (explanation) {
    if (const auto* cause = cause_in(*explanation, subject.cause); cause != nullptr && !cause->proof.empty())
      signs.push_back(sentence(cause->proof));
  }
  out.bullets(std::move(signs));
  std::string command = "fargate-doctor diagnose";
  if (!subject.cluster.empty()) command += " --cluster " + shell_word(subject.cluster);
  if (!subject.service.empty()) command += " --service " + shell_word(subject.service);
  if (!subject.region.empty()) command += " --region " + shell_word(subject.region);
  out.code(command, "bash");
  if (explanation && !explanation->references.empty()) {
    out.paragraph("AWS documents:");
    out.bullets(explanation->references);
  }
}

core::Result<const Incident*> incident_of(const RunbookSource& source) {
  if (source.diagnosis == nullptr) return nullptr;
  const auto& incidents = source.diagnosis->incidents;
  if (source.run == nullptr || source.incident > 0) {
    if (source.incident < incidents.size()) return &incidents[source.incident];
    return core::fail(core::ErrorKind::not_found,
                      incidents.empty()
                          ? "the diagnosis has no incident"
                          : "the diagnosis has no incident " + std::to_string(source.incident + 1),
                      "it has " + std::to_string(incidents.size()));
  }
  const auto& plan = source.run->plan;
  for (const auto& incident : incidents) {
    if (incident.family == plan.family &&
        core::short_name(incident.service) == core::short_name(plan.service) &&
        core::short_name(incident.cluster) == core::short_name(plan.cluster))
      return &incident;
  }
  return core::fail(core::ErrorKind::bad_input,
                    "the diagnosis has no " + (plan.family.empty() ? "incident" : plan.family) + " of " +
                        std::string(core::short_name(plan.cluster)) + "/" +
                        std::string(core::short_name(plan.service)),
                    "give the diagnosis that the run's plan was made from");
}

}  // namespace

core::Result<Document> runbook_of(const RunbookSource& source) {
  const auto incident = incident_of(source);
  if (!incident) return core::fail(incident.error());
  const Subject subject = subject_of(source.run, *incident);
  const auto explanation = explanation_of(subject);
  Document out;
  out.title =
      place_of(subject) + ": " + (subject.family.empty() ? title_of(subject, explanation) : subject.family);
  what_happened(out, subject, *incident, explanation, source.run);
  evidence(out, *incident);
  if (source.run != nullptr) {
    what_was_done(out, *source.run);
    before_and_after(out, *source.run);
  }
  if (source.verification != nullptr) verification(out, *source.verification);
  advice(out, source.run, *incident);
  if (source.run != nullptr) how_to_undo(out, *source.run);
  next_time(out, subject, *incident, explanation);
  return out;
}

std::string file_name_of(const Document& runbook) {
  std::string out;
  for (const char c : runbook.title) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    if (plain) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!out.empty() && out.back() != '-' && byte < 0x80) {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return (out.empty() ? "runbook" : out.substr(0, 120)) + ".md";
}

std::string command_of(const remedy::Request& request) {
  // "UpdateService" -> "update-service", as the AWS CLI names its commands.
  std::string operation;
  for (std::size_t i = 0; i < request.operation.size(); ++i) {
    const char c = request.operation[i];
    const bool upper = c >= 'A' && c <= 'Z';
    const bool after_lower = i > 0 && !(request.operation[i - 1] >= 'A' && request.operation[i - 1] <= 'Z');
    if (upper && after_lower) operation += '-';
    operation += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  const std::string input = facts::redact_json(request.input.empty() ? "{}" : request.input);
  std::string out = "aws " + request.service + " " + operation;
  if (!request.region.empty()) out += " --region " + shell_word(request.region);
  return out + " --cli-input-json " + shell_word(input);
}

}  // namespace doctor::report
