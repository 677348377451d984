/** The style sheet of HTML reports, for light and dark mode, narrow windows and paper. In both modes, text has a contrast of at least 4.5 to 1. */
export const STYLE = `:root {
  color-scheme: light dark;
  --bg: #fff; --soft: #f4f6f8; --line: #d5dbe1; --fg: #1a2129; --dim: #55606b;
  --good: #11672f; --good-soft: #e3f4e8; --bad: #b3231b; --bad-soft: #fdeae8; --warn: #805000; --warn-soft: #fcf1d6;
  --link: #0a58b5; --c1: #0a66c8; --c2: #c2500a; --c3: #1b7f3c; --c4: #c4261d; --c5: #7b46cf; --c6: #6a7580; --shade: #0a58b50d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0f1419; --soft: #182028; --line: #313b46; --fg: #e3e9ef; --dim: #9aa7b4;
    --good: #5bcb80; --good-soft: #14301f; --bad: #ff8a80; --bad-soft: #3a1a19; --warn: #e9b44c; --warn-soft: #33280f;
    --link: #78b4ff; --c1: #5aa5ff; --c2: #ff9a52; --c3: #58c97e; --c4: #ff7b72; --c5: #b892ff; --c6: #93a0ac; --shade: #78b4ff14;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; }
body { margin: 0; background: var(--bg); color: var(--fg); font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
body > header, body > main, body > footer, body > nav ul { max-width: 78rem; margin: 0 auto; padding: 0 1.5rem; }
a { color: var(--link); }
h1, h2, h3 { line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; }
h2 { font-size: 1.2rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
code, pre, q { font-family: ui-monospace, "Cascadia Mono", Menlo, "Liberation Mono", "DejaVu Sans Mono", monospace; font-size: .88em; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
q { quotes: none; }
code { overflow-wrap: anywhere; }
.dim, .more { color: var(--dim); }
.more { margin-top: .25rem; }
.nowrap { white-space: nowrap; }
.break { word-break: break-all; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 3; background: var(--bg); padding: .5rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }

body > .banner { margin-top: 1.5rem; }
.banner .verdict { display: inline-block; margin: 0 0 .5rem; padding: .15rem .75rem; border-radius: 1rem; font-weight: 700; letter-spacing: .03em; }
.banner.good .verdict { background: var(--good-soft); color: var(--good); }
.banner.bad .verdict { background: var(--bad-soft); color: var(--bad); }
.banner.warn .verdict { background: var(--warn-soft); color: var(--warn); }
.banner .reason { margin-top: .35rem; font-size: 1.05rem; }
.banner .meta { color: var(--dim); }
.banner .meta span + span::before { content: "· "; }

nav { position: sticky; top: 0; z-index: 2; margin-top: 1rem; background: var(--bg); border-bottom: 1px solid var(--line); }
nav ul { display: flex; gap: .25rem 1.1rem; overflow-x: auto; list-style: none; }
nav li { flex: none; }
nav a { display: block; padding: .55rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { padding: 1.75rem 0 0; }
footer { color: var(--dim); font-size: .88rem; }
body > footer { margin-top: 2.5rem; padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line); }

.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.6rem, 1fr)); gap: .75rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.tiles li { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--soft); }
.tiles .label, .tiles .beside { display: block; color: var(--dim); font-size: .86rem; }
.tiles .value { display: block; font-size: 1.5rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }

.facts { margin: 0; }
.facts + h3 { margin-top: .75rem; }
.facts > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: .2rem 0; }
.facts dt { color: var(--dim); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.facts ul { margin: 0; padding: 0; list-style: none; }

.note { margin: 0; padding: .6rem .9rem; border-left: 4px solid var(--line); border-radius: .25rem; background: var(--soft); }
.note.good { border-color: var(--good); }
.note.bad { border-color: var(--bad); background: var(--bad-soft); }
.note.warn { border-color: var(--warn); background: var(--warn-soft); }
.note ul { margin: 0; padding-left: 1.2rem; }
.note li { margin: .25rem 0; overflow-wrap: anywhere; }
.note .dim { color: inherit; opacity: .85; }
.note p:last-child { margin: 0; }

.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
.note + .scroll, .scroll + .scroll, .legend + .scroll, p + .scroll { margin-top: .75rem; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
caption { padding: .5rem .8rem; color: var(--dim); text-align: left; font-size: .86rem; }
th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: break-word; }
thead th { color: var(--dim); font-weight: 600; vertical-align: bottom; background: var(--soft); }
tbody th, tfoot th { font-weight: 500; min-width: 11rem; max-width: 26rem; overflow-wrap: anywhere; }
tbody tr:hover { background: var(--shade); }
tfoot td, tfoot th { font-weight: 650; border-top: 2px solid var(--line); }
.num { text-align: right; font-variant-numeric: tabular-nums; }
td.num { white-space: nowrap; }
.mid { min-width: 6.5rem; }
.wide { min-width: 16rem; }
td pre, td details { max-width: 44rem; }
td p { margin: .2rem 0 0; max-width: 44rem; }
th button { all: unset; cursor: pointer; color: inherit; }
th button:hover { text-decoration: underline; }
th button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
th[aria-sort=ascending] button::after { content: " ▲"; }
th[aria-sort=descending] button::after { content: " ▼"; }
summary { cursor: pointer; overflow-wrap: anywhere; }
details[open] > summary { margin-bottom: .3rem; }

.state { white-space: nowrap; font-weight: 600; }
.state.wrapped { white-space: normal; }
.state.good { color: var(--good); }
.state.bad { color: var(--bad); }
.state.warn { color: var(--warn); }
.state.dim { color: var(--dim); }
.margin { white-space: nowrap; }
.bar { width: 7rem; height: .6rem; vertical-align: baseline; }
.bar.tall { height: 1.1rem; vertical-align: middle; }
.bar.course { width: 18rem; max-width: 100%; height: .8rem; }
.bar .track { fill: var(--line); }
.bar .fill { fill: var(--c6); }
.bar.good .fill { fill: var(--c3); }
.bar.bad .fill { fill: var(--c4); }
.bar.warn .fill { fill: var(--c2); }
.bar .limit { fill: var(--fg); }

figure { margin: 0 0 1.5rem; }
figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; align-items: baseline; margin-bottom: .4rem; padding-left: 4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0; padding: 0; list-style: none; color: var(--dim); font-size: .86rem; }
.legend output { color: var(--fg); font-weight: 600; font-variant-numeric: tabular-nums; }
.key { width: .7rem; height: .7rem; }
.c1 { fill: var(--c1); stroke: var(--c1); }
.c2 { fill: var(--c2); stroke: var(--c2); }
.c3 { fill: var(--c3); stroke: var(--c3); }
.c4 { fill: var(--c4); stroke: var(--c4); }
.c5 { fill: var(--c5); stroke: var(--c5); }
.c6 { fill: var(--c6); stroke: var(--c6); }
.frame { display: grid; grid-template-columns: 3.5rem 1fr; gap: 0 .5rem; }
.frame text { fill: var(--dim); font-size: .72rem; dominant-baseline: middle; }
.frame .y { width: 3.5rem; height: 9rem; overflow: visible; }
.frame .y text { text-anchor: end; }
.frame .area { width: 100%; height: 9rem; }
.frame .area:focus-visible { outline-offset: 0; }
.frame .x { grid-column: 2; width: 100%; height: 1.5rem; }
.frame .x text { text-anchor: middle; }
.frame .x .first { text-anchor: start; }
.frame .x .last { text-anchor: end; }
.frame.strip { margin-bottom: 1rem; font-size: .86rem; }
.frame.strip .y { height: auto; text-align: right; }
.frame.strip .area { height: 1.4rem; }
.frame .phase { fill: var(--soft); }
.frame .phase.odd { fill: var(--line); }
.frame .warm { fill: var(--c6); fill-opacity: .18; }
.frame .phase.warm { fill-opacity: .3; }
.frame .phase + text { fill: var(--fg); }
.grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
.border { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 2 3; }
.line { fill: none; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.line.thin { stroke-width: 1; }
.band { stroke: none; fill-opacity: .16; }
.bars { stroke: var(--bg); stroke-width: 1; vector-effect: non-scaling-stroke; }
.mark { stroke: var(--fg); stroke-width: 1; stroke-dasharray: 3 2; }
.frame text.mark { stroke: none; fill: var(--fg); }
.heat { fill: var(--c1); shape-rendering: crispEdges; }
.h0 { fill-opacity: .14; } .h1 { fill-opacity: .27; } .h2 { fill-opacity: .41; } .h3 { fill-opacity: .55; } .h4 { fill-opacity: .69; } .h5 { fill-opacity: .84; } .h6 { fill-opacity: 1; }
.cursor { stroke: var(--fg); stroke-width: 1; pointer-events: none; }
.brush { fill: var(--link); fill-opacity: .2; pointer-events: none; }
figure > .more { padding-left: 4rem; }
.side-by-side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2rem; }
.side-by-side .y, .side-by-side .area { height: 15rem; }

.flow { margin: 0; padding: 0; list-style: none; }
.flow .flow { padding: .1rem 0 .35rem .9rem; }
.flow .box { position: relative; margin: 0 0 .9rem; padding: .3rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--bg); }
.flow .box:last-child { margin-bottom: 0; }
.flow .box:not(:last-child)::after { content: "↓"; position: absolute; left: 1.1rem; bottom: -1.15rem; color: var(--dim); line-height: 1.2; font-size: .9rem; }
.flow > .box.flow::after, .flow > .box.setup::after, .flow > .box.if:has(+ .else)::after { content: none; }
.flow .loop, .flow .if, .flow .else, .flow > .flow { background: var(--soft); }
.flow .message, .flow .request { border-left: 4px solid var(--c1); }
.flow .loop { border-left: 4px solid var(--c5); }
.flow .if, .flow .else { border-left: 4px solid var(--c2); }
.flow .line { display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: center; min-width: 0; }
.flow .kind { color: var(--dim); font-size: .86rem; }
.flow .what { font-weight: 600; overflow-wrap: anywhere; min-width: 0; }
.flow .loop > .line .what, .flow .if > .line .what { font-family: ui-monospace, monospace; font-weight: 500; font-size: .88em; }
.reach { flex: none; width: 9rem; height: .6rem; margin-left: auto; }
.reach .track { fill: var(--line); }
.reach .ok { fill: var(--c3); }
.reach .lost { fill: var(--c4); }
.line > .dim { flex: none; min-width: 19rem; font-size: .9rem; font-variant-numeric: tabular-nums; }
.split { width: 100%; height: 1.1rem; vertical-align: middle; }
.part { stroke: none; }
[hidden] { display: none !important; }
.talk { margin-top: .5rem; padding: .4rem .8rem; border: 1px solid var(--line); border-radius: .5rem; }
.talk .tools { position: sticky; top: 2.6rem; z-index: 1; margin: 0; padding: .4rem 0; background: var(--bg); }
.talk .tools label { flex: none; }
.turns > li, .answer { scroll-margin: 6.5rem 0 1rem; }
.turns { scroll-margin-top: 6rem; max-width: 60rem; margin: 0; padding: 0; list-style: none; }
.turns > li { padding: .6rem 0; }
.turns > li + li { border-top: 1px solid var(--line); }
.turns .split { height: .5rem; margin-bottom: .4rem; }
.said { max-width: 46rem; padding: .35rem .7rem .45rem; border-radius: .5rem; background: var(--soft); }
.said.user { width: fit-content; margin: 0 0 .5rem auto; border-right: 4px solid var(--c1); }
.said.reply { border-left: 4px solid var(--c3); }
.said .dim { font-size: .8rem; }
ins { background: var(--good-soft); text-decoration: underline; text-decoration-color: var(--good); }
del { background: var(--bad-soft); text-decoration-color: var(--bad); }
.interval .within { fill: var(--line); }
.interval .range, .interval .change { fill: var(--warn); }
.interval.good .range, .interval.good .change { fill: var(--good); }
.interval.bad .range, .interval.bad .change { fill: var(--bad); }
.tools { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin-bottom: .75rem; padding-left: 4rem; }
.tools label { flex: 1 1 14rem; min-width: 0; display: flex; gap: .5rem; align-items: center; }
.tools input { flex: 1; min-width: 6rem; accent-color: var(--link); }
.tools button { padding: .2rem .7rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--soft); color: inherit; font: inherit; font-size: .86rem; cursor: pointer; }
.tools select { min-width: 0; max-width: 100%; flex: 0 1 auto; }
.tools button:disabled { opacity: .5; cursor: default; }
.tools output { min-width: 6rem; font-variant-numeric: tabular-nums; }

@media (max-width: 40rem) {
  figcaption, .tools, figure > .more { padding-left: 0; }
  .frame { grid-template-columns: 2.7rem 1fr; gap: 0 .3rem; }
  .frame .y { width: 2.7rem; }
  body > header, body > main, body > footer, body > nav ul { padding-left: 1rem; padding-right: 1rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); gap: .5rem; }
  .tiles .value { font-size: 1.25rem; }
  .facts > div { grid-template-columns: 1fr; padding: .35rem 0; }
  h1 { font-size: 1.4rem; }
  .reach { margin-left: 0; }
  .line > .dim { flex: 1 1 auto; min-width: 0; }
}
@media print {
  :root { font-size: 10.5px; color-scheme: light; --bg: #fff; --soft: #f6f7f9; --line: #c4cbd2; --fg: #000; --dim: #444;
    --good: #11672f; --good-soft: #e3f4e8; --bad: #b3231b; --bad-soft: #fdeae8; --warn: #805000; --warn-soft: #fcf1d6;
    --link: #000; --c1: #0a66c8; --c2: #c2500a; --c3: #1b7f3c; --c4: #c4261d; --c5: #7b46cf; --c6: #6a7580; }
  @page { margin: 14mm; }
  body { font-size: 1rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .skip, .tools { display: none; }
  .frame .y, .frame .area { height: 7rem; }
  body > header, body > main, body > footer { max-width: none; padding: 0; }
  section { padding-top: 1rem; }
  .scroll { overflow: visible; border: 0; }
  th, td { padding: .2rem .35rem; }
  .mid, .wide { min-width: 0; }
  tbody th, tfoot th { min-width: 7rem; }
  .side-by-side { grid-template-columns: 1fr 1fr; }
  .margin .bar { width: 3rem; }
  details::details-content { content-visibility: visible; }
  .talk:not([open])::details-content { content-visibility: hidden; }
  h2, caption { break-after: avoid; }
  tr, .flow .message, .flow .request, .tiles li, .facts > div, figure { break-inside: avoid; }
}
`
