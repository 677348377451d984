import { type Markup, type MarkupPart, markup } from '../page/markup.ts'

/** A label and what stands beside it; a fact that is not known is `undefined` and left out. */
export type Fact = readonly [label: string, value: MarkupPart]

/** Returns facts as a list of labels with their values; nothing when no fact is known. */
export function factList(facts: readonly Fact[]): Markup {
  const known = facts.filter(([, value]) => value !== undefined && value !== false)
  if (known.length === 0) return markup``
  return markup`<dl class="facts">
${known.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl>`
}
