#include "report/network_style.h"

namespace doctor::report {
namespace {

constexpr std::string_view kNetworkStyle = R"css(
.verdict { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin: 28px 0 8px; }
.verdict h1 { font-size: 26px; line-height: 1.25; font-weight: 680; letter-spacing: -.015em; }
.badge { font-weight: 660; font-size: 14px; border-radius: 999px; padding: 4px 14px; white-space: nowrap; color: var(--bad); background: var(--bad-soft); }
.badge.reachable { color: var(--good); background: var(--good-soft); }
.badge.depends { color: var(--warn); background: var(--sunk); }
.because { font-size: 17px; max-width: 84ch; color: var(--soft); }
.lanes { overflow-x: auto; }
svg.path { display: block; width: 100%; min-width: 700px; height: auto; }
.path text { fill: var(--ink); }
.path .lane { font-size: 15px; font-weight: 660; }
.path .kind { font-size: 12px; fill: var(--soft); }
.path .name { font: 600 12px var(--mono); }
.path .rule { font: 12px var(--mono); }
.path .mark { font-size: 16px; font-weight: 700; text-anchor: end; }
.hop rect { fill: var(--card); stroke: var(--line); stroke-width: 1.5; }
.hop.pass rect { stroke: var(--good); fill: var(--good-soft); stroke-opacity: .45; }
.hop.pass .mark { fill: var(--good); }
.hop.drop rect { stroke: var(--bad); stroke-width: 2.5; fill: var(--bad-soft); }
.hop.drop .mark, .hop.drop .rule { fill: var(--bad); }
.hop.drop .rule { font-weight: 600; }
.hop.open rect { stroke: var(--warn); stroke-dasharray: 5 4; fill: var(--sunk); }
.hop.open .mark, .hop.open .rule { fill: var(--warn); }
.hop.behind.pass { opacity: .55; }
.link { fill: none; stroke: var(--soft); stroke-width: 1.6; }
.link.cut { stroke-dasharray: 3 5; opacity: .6; }
.arrow path, .arrow-cut path { fill: var(--soft); }
.legend li { display: inline-flex; align-items: center; gap: 6px; }
.dot { width: 11px; height: 11px; border-radius: 3px; background: var(--good); display: inline-block; }
.dot.drop { background: var(--bad); }
.dot.open { background: var(--warn); }
.dot.behind { background: var(--line); }
.blocks { list-style: none; display: grid; gap: 12px; }
.blocks li { border-left: 3px solid var(--bad); padding: 1px 0 1px 16px; }
.blocks li.open { border-color: var(--warn); }
.blocks b { font-weight: 620; }
.blocks span { color: var(--soft); font-size: 15px; display: block; }
.hops td:first-child { white-space: nowrap; font-weight: 700; width: 26px; }
.hops .pass td:first-child { color: var(--good); }
.hops .drop td:first-child, .hops .drop td:last-child { color: var(--bad); }
.hops .open td:first-child, .hops .open td:last-child { color: var(--warn); }
.hops caption { text-align: left; font-weight: 620; padding: 10px 0 4px; }
.hops td:nth-child(2) { width: 24%; }
.hops td:nth-child(3) { width: 20%; }
.incident section:first-child { margin-top: 0; }
@media print { .lanes { overflow: visible; } svg.path { min-width: 0; } .hop { break-inside: avoid; } }
)css";

}  // namespace

std::string_view network_style_sheet() {
  return kNetworkStyle;
}

}  // namespace doctor::report
