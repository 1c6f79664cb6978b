#include "report/html_style.h"

#include <openssl/evp.h>

#include <array>

namespace doctor::report {
namespace {

constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --sunk: #f3f5f8; --ink: #171a1f; --soft: #58616d; --line: #e1e5ea;
  --accent: #2457c5; --bad: #c1321f; --bad-soft: #fbe9e6; --warn: #96600a; --good: #187747; --good-soft: #e7f5ed;
  --task: #9db4d6; --task-on: #4f86d9; --grid: #e4e8ed; --band: #8b5cf6;
  --shadow: 0 1px 2px rgb(20 30 45 / 6%), 0 6px 20px rgb(20 30 45 / 5%);
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #161b22; --sunk: #1c222b; --ink: #e7eaee; --soft: #9aa5b2; --line: #2a313b;
    --accent: #82aaff; --bad: #ff8674; --bad-soft: #3a1d1a; --warn: #e3b341; --good: #5fcf94; --good-soft: #14291e;
    --task: #48617f; --task-on: #5b93e6; --grid: #262d37; --band: #a78bfa;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.wrap { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 12px; background: var(--card); padding: 8px 14px; border-radius: 8px; z-index: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
a { color: var(--accent); }
h1, h2, h3, h4, p, ol, ul, dl, dd, figure { margin: 0; padding: 0; }
h1, h2, h3 { text-wrap: balance; }
code, pre { font-family: var(--mono); font-size: .875em; }

.top { padding: 22px 0 0; font-size: 14px; color: var(--soft); }
.top .wrap { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: center; }
.brand { display: inline-flex; gap: 9px; align-items: center; font-weight: 650; color: var(--ink); margin-right: auto; }
.brand svg { width: 20px; height: 20px; }
.brand .ring { fill: none; stroke: var(--accent); stroke-width: 2; }
.brand .pulse { fill: none; stroke: var(--bad); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.foot { padding: 4px 0 40px; font-size: 13px; color: var(--soft); }

.lead { font-size: 30px; line-height: 1.2; font-weight: 680; letter-spacing: -.015em; margin: 28px 0 6px; }
.index { list-style: none; display: grid; gap: 10px; margin: 20px 0 0; }
.index a {
  display: grid; grid-template-columns: 84px 1fr; gap: 2px 14px; align-items: center; padding: 13px 20px;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; color: inherit; text-decoration: none;
}
.index a:hover { border-color: var(--accent); }
.index b { font-weight: 620; }
.index .n { grid-row: span 2; white-space: nowrap; font-size: 21px; font-weight: 680; color: var(--bad); letter-spacing: -.01em; }
.index .n.unsure { color: var(--warn); }
.index span { color: var(--soft); font-size: 14px; }

.incident {
  background: var(--card); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow);
  margin: 24px 0; padding: 30px 34px 34px;
}
.kicker { font-size: 13px; color: var(--soft); display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; }
.chip {
  background: var(--bad-soft); color: var(--bad); font-weight: 620; border-radius: 999px; padding: 2px 11px;
}
h1 + .incident .chip + span { display: none; }  /* the only incident: its place is in the h1 */
.incident h2 { font-size: 27px; line-height: 1.22; font-weight: 680; letter-spacing: -.015em; margin: 12px 0 14px; }
.sure { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: center; font-weight: 620; color: var(--bad); }
.sure.unsure { color: var(--warn); }
.sure .bar { width: 180px; height: 8px; }
.sure code { font-weight: 400; color: var(--soft); }
.summary { margin: 14px 0 0; max-width: 74ch; font-size: 17px; }
.facts { display: flex; flex-wrap: wrap; gap: 14px 36px; margin: 20px 0 0; }
.facts dt { font-size: 12px; color: var(--soft); }
.facts dd { font-size: 15px; }
.incident section { margin-top: 34px; }
h3 { font-size: 18px; font-weight: 660; letter-spacing: -.008em; margin: 0 0 12px; }
.incident h2.sub { font-size: 18px; font-weight: 660; letter-spacing: -.008em; margin: 0 0 12px; }
h3 small { font-weight: 400; font-size: 14px; color: var(--soft); letter-spacing: 0; margin-left: 6px; }

.bar { display: block; width: 100%; height: 6px; }
.bar .track { fill: var(--line); }
.bar .fill { fill: var(--bad); }
.bar.low .fill { fill: var(--soft); }
.unsure .bar .fill, .factor .bar .fill { fill: var(--warn); }

.fixes { list-style: none; display: grid; gap: 10px; }
.fix { border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; }
.fix.first { background: var(--good-soft); border-color: transparent; }
.fix b { font-weight: 620; }
.fix.first > b { color: var(--good); font-size: 17px; }
.fix .needs { font-size: 14px; color: var(--soft); }
.fix .once { color: var(--bad); font-weight: 620; }
.copy { position: relative; margin: 10px 0 4px; }
.copy pre {
  margin: 0; padding: 11px 14px; border-radius: 8px; background: var(--card); border: 1px solid var(--line);
  white-space: pre-wrap; user-select: all; line-height: 1.5;
}
.fix:not(.first) .copy pre { background: var(--sunk); border-color: transparent; }
.copy button {
  position: absolute; top: 7px; right: 7px; font: 500 12px/1 system-ui, sans-serif; padding: 6px 9px; cursor: pointer;
  color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: 6px;
}
.copy button:hover { color: var(--accent); border-color: var(--accent); }
.copy.ready pre { padding-right: 72px; }

.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; padding: 16px 14px 8px; }
.timeline { display: block; width: 100%; min-width: 720px; height: auto; font-size: 11px; }
.timeline text { fill: var(--soft); }
.timeline .band text, .timeline .flag text, .timeline .count { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
.timeline .lane { fill: var(--sunk); }
.timeline .name { fill: var(--ink); font-size: 12.5px; font-weight: 600; text-anchor: end; }
.timeline .note { text-anchor: end; }
.timeline .tick { text-anchor: middle; }
.timeline .day { opacity: .75; }
.timeline .grid { stroke: var(--grid); }
.timeline .axis { stroke: var(--line); }
.task rect { fill: var(--task); }
.task.running rect { fill: var(--task-on); }
.task .notice { fill: var(--bad); }
.task .warned { fill: var(--bad); stroke: var(--card); stroke-width: 1.2; }
.task .cut { fill: var(--task); }
.task.running .cut { fill: var(--task-on); }
.glyph path, .glyph rect, .glyph circle { fill: var(--soft); }
.glyph.interruption path, .glyph.stop rect { fill: var(--bad); }
.glyph.placement_failure path { fill: var(--warn); }
.glyph .tickmark { fill: none; stroke: var(--good); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.timeline .count { font-weight: 650; fill: var(--ink); }
.band rect { fill: var(--band); fill-opacity: .15; stroke: var(--band); stroke-opacity: .5; stroke-dasharray: 4 3; }
.timeline .band text { fill: var(--band); font-weight: 600; }
.flag line { stroke: var(--accent); stroke-dasharray: 3 3; }
.flag path { fill: var(--accent); }
.timeline .flag text { fill: var(--accent); font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; font-size: 13px; color: var(--soft); margin: 10px 2px 14px; }
.legend svg { width: 18px; height: 12px; margin-right: 6px; vertical-align: -1px; }

details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 12px 4px; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--sunk); }
.cause > summary { display: grid; grid-template-columns: 16px 68px 120px 1fr; gap: 4px 12px; align-items: center; }
.cause > summary::before, .plain > summary::before {
  content: ""; width: 7px; height: 7px; border: solid var(--soft); border-width: 0 1.8px 1.8px 0; transform: rotate(-45deg);
  margin-left: 2px;
}
details[open] > summary::before { transform: rotate(45deg); }
.plain > summary { display: flex; gap: 12px; align-items: center; color: var(--soft); font-size: 15px; }
.cause .p { font-weight: 650; text-align: right; }
.cause .t { font-weight: 560; display: flex; flex-wrap: wrap; gap: 0 10px; align-items: baseline; }
.cause .t code { font-weight: 400; color: var(--soft); }
.inside { padding: 2px 4px 20px 8px; }
.inside .fixes { margin-top: 14px; }
.none { color: var(--soft); font-size: 15px; }

.evidence { list-style: none; display: grid; gap: 14px; }
.evidence li { display: grid; grid-template-columns: 88px 1fr; gap: 0 14px; }
.weight { font-size: 13px; font-weight: 620; text-align: right; color: var(--good); line-height: 1.9; white-space: nowrap; }
.against .weight { color: var(--bad); }
.weight small { font-size: 12px; font-weight: 400; }
.seen { font-size: 14px; color: var(--soft); display: flex; flex-wrap: wrap; gap: 0 14px; }
.seen code { color: var(--ink); }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.time { white-space: nowrap; }
.arns { columns: 2; column-gap: 32px; list-style: none; font-size: 13px; }
.missing { list-style: none; display: grid; gap: 12px; }
.missing li { border-left: 3px solid var(--warn); padding: 1px 0 1px 16px; }
.missing b { font-weight: 620; }
.missing span { color: var(--soft); font-size: 15px; display: block; }

@media (max-width: 640px) {
  .wrap { padding: 0 14px; }
  .incident { padding: 22px 18px 24px; border-radius: 14px; }
  .lead { font-size: 24px; }
  .incident h2 { font-size: 22px; }
  .index a { grid-template-columns: 56px 1fr; padding: 12px 14px; }
  .index .n { font-size: 17px; }
  .cause > summary { grid-template-columns: 16px 58px 1fr; }
  .cause > summary .t { grid-column: 2 / 4; }
  .cause .p { text-align: left; }
  .inside { padding-left: 4px; }
  .evidence li { grid-template-columns: 1fr; }
  .weight { text-align: left; }
  .arns { columns: 1; }
  .copy.ready pre { padding-right: 14px; padding-bottom: 40px; }
  .copy button { top: auto; bottom: 8px; }
  .facts { gap: 12px 24px; }
}
@page { margin: 15mm; }
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --sunk: #f3f5f8; --ink: #000000; --soft: #444b54; --line: #cfd5dc;
    --accent: #2457c5; --bad: #b02a18; --bad-soft: #fbe9e6; --warn: #7c4f06; --good: #146339; --good-soft: #eef7f2;
    --task: #9db4d6; --task-on: #4f86d9; --grid: #e4e8ed; --band: #7c3aed; --shadow: none;
  }
  body { font-size: 12.5px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .skip, .copy button { display: none; }
  .summary, .facts dd, .fix.first > b, .needs, .seen, .legend { font-size: 1em; }
  .incident { border: 0; padding: 0; box-shadow: none; }
  .scroll { overflow: visible; }
  .timeline { min-width: 0; }
  .plain:not([open]) { display: none; }
  .cause::details-content { content-visibility: visible; block-size: auto; }
  .fix, .evidence li, summary { break-inside: avoid; }
}
)css";

// The page reads whole without it: it adds copy buttons, scrolls drawings and opens what is folded before
// printing.
constexpr std::string_view kScript = R"js(
for (const box of document.querySelectorAll('.copy')) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(box.querySelector('pre').textContent);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Press Ctrl+C';
      getSelection().selectAllChildren(box.querySelector('pre'));
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  box.append(button);
  box.classList.add('ready');
}
// On a narrow screen the incident, at the right, is what to see first.
for (const box of document.querySelectorAll('.scroll')) box.scrollLeft = box.scrollWidth;
let folded = [];
addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll('.cause:not([open])')];
  for (const details of folded) details.open = true;
});
addEventListener('afterprint', () => { for (const details of folded) details.open = false; });
)js";

std::string base64_sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return std::string(encoded.begin(), encoded.begin() + length);
}

}  // namespace

std::string_view style_sheet() {
  return kStyle;
}
std::string_view script() {
  return kScript;
}

std::string content_security_policy() {
  return content_security_policy(kStyle);
}

std::string content_security_policy(std::string_view style) {
  return "default-src 'none'; style-src 'sha256-" + base64_sha256(style) + "'; script-src 'sha256-" +
         base64_sha256(kScript) + "'; base-uri 'none'; form-action 'none'";
}

std::string scriptless_security_policy(std::string_view style) {
  return "default-src 'none'; style-src 'sha256-" + base64_sha256(style) +
         "'; base-uri 'none'; form-action 'none'";
}

}  // namespace doctor::report
