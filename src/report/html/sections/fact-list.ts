import { type Markup, type MarkupPart, markup } from '../page/markup.ts'

/** An entry in a list of facts in the HTML report: a label and a value. An entry whose value is `undefined` or `false` is left out. */
export type Fact = readonly [label: string, value: MarkupPart]

/** Returns an HTML list of facts; empty when no value is known. */
export function factList(facts: readonly Fact[]): Markup {
  const known = facts.filter(([, value]) => value !== undefined && value !== false)
  if (known.length === 0) return markup``
  return markup`<dl class="facts">
${known.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl>`
}
