// report_sample FORMAT [WIDTH] [--colour] [--one | --none | --crowded | --hostile | --many]: the sample
// diagnosis on stdout, to look at.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "report/explanation.h"
#include "report/plan.h"
#include "report/plan_sample_support.h"
#include "report/report.h"
#include "report/sample_support.h"

int main(int argc, char** argv) {
  using namespace doctor;
  report::TextStyle style;
  std::string format;
  diagnose::Diagnosis diagnosis = report::sample_diagnosis();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--colour") {
      style.colour = true;
    } else if (argument == "--one") {
      diagnosis.incidents.resize(1);
    } else if (argument == "--crowded") {
      diagnosis = report::crowded_diagnosis(300);
    } else if (argument == "--hostile") {
      diagnosis = report::diagnosis_full_of(
          "</title></style><script>document.title='owned'</script>\"'><img src=x "
          "onerror=\"document.title='owned'\">");
    } else if (argument == "--many") {
      diagnosis.incidents.assign(500, diagnosis.incidents[0]);
    } else if (argument == "--none") {
      diagnosis.incidents.clear();
    } else if (format.empty()) {
      format = argument;
    } else {
      style.width = std::atoi(argument.c_str());
    }
  }
  std::string out;
  if (format == "text") out = report::to_text(diagnosis, style);
  if (format == "json") out = report::to_json(diagnosis);
  if (format == "markdown") out = report::to_markdown(diagnosis);
  if (format == "html") out = report::to_html(diagnosis);
  if (format == "sarif") out = report::to_sarif(diagnosis);
  if (format == "explain") out = report::explanation_text(report::sample_explanations(), style);
  if (format == "plan") out = report::to_html(report::sample_plan(), report::sample_plan_page());
  if (format == "crowded-plan") out = report::to_html(report::crowded_plan(10000), {});
  if (out.empty()) {
    std::fputs(
        "usage: report_sample text|json|markdown|html|sarif|explain|plan|crowded-plan [WIDTH] [--colour] "
        "[--one | --none | "
        "--crowded]\n",
        stderr);
    return 2;
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}
