#include <fmt/format.h>

#include <iterator>

#include "report/escape.h"
#include "report/report.h"
#include "report/utf8.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::MissingEvidence;

std::string source_cell(const Evidence& evidence) {
  std::string out = markdown_code(call_of(evidence.source));
  const std::string field = field_of(evidence.source);
  if (!field.empty()) out += "<br>" + markdown_code(field);
  if (evidence.source.time) out += "<br>" + markdown(core::to_iso(*evidence.source.time));
  if (!evidence.source.event_id.empty()) out += "<br>event " + markdown_code(evidence.source.event_id);
  return out;
}

void write_evidence(std::string& out, const Cause& cause, bool open) {
  if (cause.evidence.empty()) return;
  fmt::format_to(std::back_inserter(out), "\n<details{}><summary>Evidence: {} {}</summary>\n\n",
                 open ? " open" : "", cause.evidence.size(), cause.evidence.size() == 1 ? "piece" : "pieces");
  out += "| | What was seen | Weight | Where |\n|---|---|---:|---|\n";
  for (const Evidence* evidence : weightiest(cause)) {
    fmt::format_to(std::back_inserter(out), "| {} | {} | {}{} | {} |\n",
                   evidence->speaks_for ? "for" : "**against**", markdown(sentence(evidence->statement)),
                   evidence->speaks_for ? "×" : "÷", number(evidence->weight), source_cell(*evidence));
  }
  out += "\n</details>\n";
}

void write_fixes(std::string& out, const std::vector<Fix>& fixes) {
  for (std::size_t i = 0; i < fixes.size(); ++i) {
    const Fix& fix = fixes[i];
    fmt::format_to(std::back_inserter(out), "{}. **{}** ({})\n", i + 1, markdown(fix.title),
                   markdown(conditions(fix)));
    if (!fix.detail.empty()) fmt::format_to(std::back_inserter(out), "   <br>{}\n", markdown(fix.detail));
  }
}

void write_incident_markdown(std::string& out, const Incident& incident, std::size_t number_of) {
  fmt::format_to(std::back_inserter(out), "\n## {}{}\n",
                 number_of == 0 ? "" : std::to_string(number_of) + ". ", markdown(headline(incident)));
  if (!incident.summary.empty())
    fmt::format_to(std::back_inserter(out), "\n{}\n", markdown(sentence(incident.summary)));
  out += "\n| | |\n|---|---|\n";
  const auto row = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) fmt::format_to(std::back_inserter(out), "| {} | {} |\n", name, markdown(value));
  };
  row("Family", family_name(incident));
  row("Cluster", incident.cluster);
  row("Service", incident.service.empty() ? "stand-alone tasks" : incident.service);
  row("Region", incident.region);
  row("Account", incident.account);
  row("When", period(incident));
  row("How many", counted(incident));

  const Cause* lead = leading(incident);
  if (lead != nullptr && !lead->fixes.empty()) {
    out += "\n### Do this\n\n";
    write_fixes(out, lead->fixes);
  }
  if (!incident.causes.empty()) {
    out += "\n### Causes\n\n| Probability | Cause | Id |\n|---:|---|---|\n";
    for (const Cause& cause : incident.causes) {
      fmt::format_to(std::back_inserter(out), "| {} | {} | {} |\n", markdown(percent(cause.probability)),
                     markdown(capitalised(cause.title)), markdown_code(cause.id));
    }
    for (const Cause& cause : incident.causes) {
      if (cause.evidence.empty() && (cause.fixes.empty() || &cause == lead)) continue;
      fmt::format_to(std::back_inserter(out), "\n#### {} ({})\n", markdown(capitalised(cause.title)),
                     markdown(percent(cause.probability)));
      write_evidence(out, cause, &cause == lead);
      if (&cause != lead && !cause.fixes.empty()) {
        out += "\nIf it is this:\n\n";
        write_fixes(out, cause.fixes);
      }
    }
  }
  if (!incident.contributing.empty()) {
    out += "\n### Why it hurt, or will again\n";
    for (const Cause& factor : incident.contributing) {
      fmt::format_to(std::back_inserter(out), "\n#### {} ({})\n", markdown(capitalised(factor.title)),
                     markdown(percent(factor.probability)));
      if (!factor.fixes.empty()) {
        out += '\n';
        write_fixes(out, factor.fixes);
      }
      write_evidence(out, factor, false);
    }
  }
  if (!incident.task_arns.empty()) {
    fmt::format_to(std::back_inserter(out), "\n<details><summary>Tasks: {}</summary>\n\n",
                   incident.task_arns.size());
    for (const std::string& arn : incident.task_arns) out += "- " + markdown_code(arn) + "\n";
    out += "\n</details>\n";
  }
}

}  // namespace

std::string to_markdown(const Diagnosis& diagnosis) {
  const auto& incidents = diagnosis.incidents;
  std::string out = "# Fargate diagnosis\n";
  if (incidents.size() != 1) out += "\n" + markdown(overall(diagnosis)) + "\n";
  if (incidents.size() > 1) {
    out += '\n';
    for (std::size_t i = 0; i < incidents.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}. {}\n", i + 1, markdown(headline(incidents[i])));
    }
  }
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    write_incident_markdown(out, incidents[i], incidents.size() > 1 ? i + 1 : 0);
  }
  if (!diagnosis.missing.empty()) {
    out += "\n## Could not be seen\n\n| Evidence | Why not | What would show it |\n|---|---|---|\n";
    for (const MissingEvidence& gap : diagnosis.missing) {
      fmt::format_to(std::back_inserter(out), "| {} | {} | {} |\n", markdown(gap.evidence),
                     markdown(gap.reason), gap.how_to_grant.empty() ? "" : markdown_code(gap.how_to_grant));
    }
  }
  if (diagnosis.generated_at) {
    fmt::format_to(std::back_inserter(out), "\nState of {}, by fargate-doctor.\n",
                   core::to_iso(*diagnosis.generated_at));
  }
  return out;
}

}  // namespace doctor::report
