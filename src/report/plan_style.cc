#include "report/plan_style.h"

namespace doctor::report {
namespace {

constexpr std::string_view kPlanStyle = R"css(
.answer { font-size: 17px; max-width: 84ch; color: var(--soft); }
.answer code { color: var(--ink); }
.tags { list-style: none; display: flex; flex-wrap: wrap; gap: 8px; margin: 14px 0 0; }
.tags li { font-size: 14px; font-weight: 600; border-radius: 999px; padding: 3px 13px; background: var(--sunk); color: var(--soft); border: 1px solid var(--line); }
.tags .good { background: var(--good-soft); color: var(--good); border-color: transparent; }
.tags .bad { background: var(--bad-soft); color: var(--bad); border-color: transparent; }
.tags .warn { color: var(--warn); }
.incident > h2 { margin: 0 0 4px; }
.incident > section:first-child { margin-top: 0; }
.incident > h2 small { font-weight: 400; font-size: 15px; color: var(--soft); letter-spacing: 0; }
.onceonly { border-left: 3px solid var(--bad); }
.onceonly code { white-space: nowrap; }
.onceonly li, .plainlist li { margin: 8px 0 0 20px; }
.plainlist { padding: 0; }
.plainlist small { display: block; color: var(--soft); font-size: 14px; }
.step { border-top: 1px solid var(--line); padding: 22px 0 6px; margin-top: 22px; }
.step:first-of-type { border-top: 0; margin-top: 0; padding-top: 10px; }
.step > h3 { display: grid; grid-template-columns: 30px 1fr; gap: 0 12px; margin: 0; }
.step .n { width: 30px; height: 30px; border-radius: 50%; background: var(--accent); color: var(--card); font-size: 15px; text-align: center; line-height: 30px; }
.step.oneway .n { background: var(--bad); }
.step > :not(h3) { margin-left: 42px; }
.step .what { font-size: 14px; color: var(--soft); }
.diff { list-style: none; margin-top: 12px; display: grid; gap: 10px; }
.diff b { font: 600 13px var(--mono); color: var(--soft); display: block; }
.diff del, .diff ins { display: block; font: 13px/1.5 var(--mono); text-decoration: none; padding: 4px 10px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22em; overflow-y: auto; }
.diff del { background: var(--bad-soft); color: var(--bad); border-radius: 6px 6px 0 0; }
.diff ins { background: var(--good-soft); color: var(--good); border-radius: 0 0 6px 6px; }
.diff del::before { content: "- "; }
.diff ins::before { content: "+ "; }
.diff b + ins, .diff del:last-child { border-radius: 6px; }
.more { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin-top: 14px; font-size: 14px; }
.more dt { color: var(--soft); }
.more .warn { color: var(--warn); font-weight: 600; }
.more .bad { color: var(--bad); font-weight: 600; }
.step details { border: 0; margin-top: 10px; }
.step details > summary { padding: 4px 0; font-size: 14px; }
.step details pre { margin: 6px 0 10px; padding: 10px 12px; background: var(--sunk); border-radius: 8px; font-size: 12.5px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.radius { display: grid; grid-template-columns: minmax(0, 400px) minmax(0, 1fr); gap: 10px 36px; padding: 18px 0 4px; border-top: 1px solid var(--line); margin-top: 18px; }
.radius > h3 { grid-column: 1 / -1; margin: 0; }
svg.blast { display: block; width: 100%; max-width: 420px; height: auto; }
.blast text { fill: var(--ink); }
.blast .name { font: 12px var(--mono); }
.blast .root .name { font-weight: 600; }
.blast .kind { font-size: 11px; fill: var(--soft); }
.blast .end { text-anchor: end; }
.blast .branch { fill: none; stroke: var(--soft); stroke-width: 1; }
.twig rect { fill: var(--card); stroke: var(--line); stroke-width: 1.2; }
.twig.root rect { fill: var(--sunk); stroke: var(--accent); stroke-width: 2; }
.twig.group rect { fill: var(--sunk); }
.twig.own rect { fill: var(--good-soft); stroke: var(--good); stroke-width: 1.6; }
.twig.own .kind { fill: var(--good); font-weight: 600; }
.twig.rest rect { stroke-dasharray: 4 4; fill: none; }
.uses { list-style: none; font-size: 14px; columns: 2 200px; column-gap: 28px; }
.uses li { break-inside: avoid; padding: 1px 0; }
.uses small { color: var(--soft); }
.uses .via { break-after: avoid; color: var(--soft); margin-top: 8px; }
.uses .via:first-child { margin-top: 0; }
.uses .own { color: var(--good); font-weight: 600; }
.alone { margin-top: 14px; font-size: 15px; }
.next { margin: 10px 0 0; padding: 11px 14px; border-radius: 8px; background: var(--card); border: 1px solid var(--line); white-space: pre-wrap; user-select: all; }
@media (max-width: 760px) {
  .radius { grid-template-columns: minmax(0, 1fr); }
  .uses { columns: 1; }
}
@media (max-width: 640px) {
  .step > :not(h3) { margin-left: 0; }
  .more { grid-template-columns: 1fr; gap: 0; }
  .more dd { margin-bottom: 8px; }
}
@media print {
  details::details-content { content-visibility: visible; block-size: auto; }
  .plain:not([open]) { display: block; }
  .diff del, .diff ins { max-height: none; }
  .diff li, .radius svg, .tags { break-inside: avoid; }
  .step > h3 { break-after: avoid; }
}
)css";

}  // namespace

std::string_view plan_style_sheet() {
  return kPlanStyle;
}

}  // namespace doctor::report
