#include "report/explanation.h"

#include <fmt/format.h>

#include <iterator>

#include "report/escape.h"
#include "report/json_writer.h"
#include "report/page.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using diagnose::ExplainedCause;
using diagnose::Explanation;
using diagnose::Fix;

constexpr int kPriorCells = 8;
constexpr std::string_view kNothing = "Nothing in this text is known to fargate-doctor.";

std::string name_of(const Explanation& e) {
  const std::string title = capitalised(e.title);
  if (e.family.empty()) return title.empty() ? "A stop of no Fargate failure family" : title;
  return title.empty() ? e.family : e.family + ": " + title;
}

void print_cause(Page& page, const ExplainedCause& cause) {
  page.paragraph(2, fmt::format("{} {:>6}  ", bar(cause.prior, kPriorCells), percent(cause.prior)),
                 fmt::format("{}  ({})", capitalised(cause.title), cause.id), Ink::strong);
  if (!cause.proof.empty()) page.paragraph(19, "shown by: ", cause.proof);
  for (const Fix& fix : cause.fixes) {
    std::string text = trimmed_sentence(fix.title) + " (" + conditions(fix) + ")";
    if (!fix.detail.empty()) text += ": " + fix.detail;
    page.paragraph(19, "→ ", text, Ink::good);
  }
}

void print_causes(Page& page, std::string_view heading, const std::vector<ExplainedCause>& causes) {
  if (causes.empty()) return;
  page.blank();
  page.heading(heading);
  for (const ExplainedCause& cause : causes) print_cause(page, cause);
}

void write_causes(std::string& out, std::string_view heading, const std::vector<ExplainedCause>& causes) {
  if (causes.empty()) return;
  fmt::format_to(std::back_inserter(out),
                 "\n### {}\n\n| Before any proof | Cause | What shows it | Fixes |\n|---:|---|---|---|\n",
                 heading);
  for (const ExplainedCause& cause : causes) {
    std::string fixes;
    for (const Fix& fix : cause.fixes) {
      if (!fixes.empty()) fixes += "<br>";
      fixes += markdown(trimmed_sentence(fix.title) + " (" + conditions(fix) + ")");
    }
    fmt::format_to(std::back_inserter(out), "| {} | {}<br>{} | {} | {} |\n", markdown(percent(cause.prior)),
                   markdown(capitalised(cause.title)), markdown_code(cause.id), markdown(cause.proof), fixes);
  }
}

void write(JsonWriter& json, const std::vector<ExplainedCause>& causes) {
  json.begin_array();
  for (const ExplainedCause& cause : causes) {
    json.begin_object();
    json.key("id").text(cause.id);
    json.key("title").text(cause.title);
    json.key("prior").probability(cause.prior);
    json.key("proof").text(cause.proof);
    json.key("fixes").begin_array();
    for (const Fix& fix : cause.fixes) {
      json.begin_object();
      json.key("id").text(fix.id);
      json.key("title").text(fix.title);
      json.key("detail").text(fix.detail);
      json.key("reversible").boolean(fix.reversible);
      json.key("requires").texts(fix.requires_actions);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string explanation_text(const std::vector<Explanation>& explanations, const TextStyle& style) {
  Page page(style.width, style.colour);
  if (explanations.empty()) page.paragraph(0, "", kNothing, Ink::warning);
  if (explanations.size() > 1) {
    page.paragraph(
        0, "", fmt::format("This text can mean {} things; the likeliest comes first.", explanations.size()),
        Ink::warning);
  }
  for (const Explanation& e : explanations) {
    page.blank();
    page.paragraph(0, "", name_of(e), Ink::bad);
    page.paragraph(0, "", e.meaning);
    if (!e.matched.empty()) page.paragraph(0, "", "recognised by: " + e.matched, Ink::faint);
    print_causes(page, "Causes, before any proof", e.causes);
    print_causes(page, "Why it may hurt, or come again", e.contributing);
    if (!e.references.empty()) {
      page.blank();
      page.heading("Read more, in AWS's documentation");
      for (const std::string& title : e.references) page.paragraph(2, "· ", title);
    }
  }
  return page.take();
}

std::string explanation_markdown(const std::vector<Explanation>& explanations) {
  std::string out = "# Explanation\n";
  if (explanations.empty()) out += "\n" + markdown(kNothing) + "\n";
  for (const Explanation& e : explanations) {
    fmt::format_to(std::back_inserter(out), "\n## {}\n", markdown(name_of(e)));
    if (!e.meaning.empty()) fmt::format_to(std::back_inserter(out), "\n{}\n", markdown(e.meaning));
    if (!e.matched.empty()) {
      fmt::format_to(std::back_inserter(out), "\nRecognised by {}.\n", markdown_code(e.matched));
    }
    write_causes(out, "Causes", e.causes);
    write_causes(out, "Why it may hurt, or come again", e.contributing);
    if (!e.references.empty()) {
      out += "\n### Read more, in AWS's documentation\n\n";
      for (const std::string& title : e.references) out += "- " + markdown(title) + "\n";
    }
  }
  return out;
}

std::string explanation_json(const std::vector<Explanation>& explanations) {
  JsonWriter json;
  json.begin_object();
  json.key("schema").text("fargate-doctor/explanation/1");
  json.key("explanations").begin_array();
  for (const Explanation& e : explanations) {
    json.begin_object();
    json.key("family").text_or_null(e.family);
    json.key("matched").text(e.matched);
    json.key("title").text(e.title);
    json.key("meaning").text(e.meaning);
    json.key("causes");
    write(json, e.causes);
    json.key("contributing");
    write(json, e.contributing);
    json.key("references").texts(e.references);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace doctor::report
