/** Shows the conversations of both sides of a comparison beside each other, and marks the words that differ. */

import { formatMs } from '../../text/units.ts'
import { type WordRun, wordDiff } from '../../text-metrics/word-diff.ts'
import { cutText, type Markup, markup, oneLine } from '../html/page/markup.ts'
import { formatCount } from '../text/format.ts'

/** One turn of a conversation in the run of A or B, for the HTML report of a comparison: the prompt, the reply, and how long it took. */
export interface PairedReply {
  readonly outcome: 'ok' | 'failed' | 'cut'
  readonly prompt: string
  readonly reply: string
  readonly failure: string | null
  /** The time from sending the request to the first token, in ms; null for a reply without generated text. */
  readonly ttftMs: number | null
  readonly tookMs: number
}

/** The conversation of the same iteration on both sides of a comparison: both got the same messages. */
interface PairedConversation {
  readonly iteration: number
  /** The reason why this conversation was chosen, such as a failure. */
  readonly why: string
  readonly turns: readonly { readonly step: string; readonly a: PairedReply | undefined; readonly b: PairedReply | undefined }[]
}

/** Conversations of the runs A and B of a comparison, matched by the number of their iteration, as the HTML report shows them side by side. */
export interface PairedConversations {
  readonly chosen: readonly PairedConversation[]
  /** Number of iterations that are in the journals of both sides. */
  readonly recorded: number
}

const MAX_TEXT = 1500
const MAX_BYTES = 240_000

/**
 * Returns the part of a comparison's HTML report that shows matched conversations of A and B beside each other, as many as fit into 240 kB; undefined
 * when there are none, or none fits. Texts are cut to 1,500 characters.
 */
export function pairBody(pairs: PairedConversations | undefined): Markup | undefined {
  if (pairs === undefined) return undefined
  let left = MAX_BYTES
  const shown = pairs.chosen.map(conversationOf).filter(({ html }) => {
    const bytes = Buffer.byteLength(html)
    if (bytes > left) return false
    left -= bytes
    return true
  })
  if (shown.length === 0) return undefined
  return markup`<p>${formatCount(shown.length)} of the ${formatCount(pairs.recorded)} conversations that the journals of both sides have: those in which one side failed, those whose times differ most, and a sample. Words that one side alone has are marked: <del>in A</del>, <ins>in B</ins>.</p>
${shown}`
}

function conversationOf({ iteration, why, turns }: PairedConversation): Markup {
  const count = `${formatCount(turns.length)} ${turns.length === 1 ? 'turn' : 'turns'}`
  return markup`<details class="talk"><summary><strong>#${iteration}</strong> <span class="dim">${why} · ${count}</span></summary>
${turns.map(({ step, a, b }) => turnOf(step, a, b))}</details>
`
}

function turnOf(step: string, a: PairedReply | undefined, b: PairedReply | undefined): Markup {
  const asked = [...new Set([a, b].flatMap((side) => side?.prompt ?? []))]
  const runs = wordDiff(cutText(a?.reply ?? '', MAX_TEXT), cutText(b?.reply ?? '', MAX_TEXT))
  return markup`<p class="dim">${oneLine(step, 80)}</p>
${asked.map((prompt) => prompt !== '' && markup`<div class="said user"><pre>${cutText(prompt, MAX_TEXT)}</pre></div>\n`)}<div class="side-by-side">
${sideOf('A', a, runs, 'a')}${sideOf('B', b, runs, 'b')}</div>
`
}

function sideOf(name: string, side: PairedReply | undefined, runs: readonly WordRun[], own: 'a' | 'b'): Markup {
  if (side === undefined) return markup`<div class="said reply"><span class="dim">${name}</span> nothing is recorded</div>\n`
  const { outcome, failure, ttftMs, tookMs } = side
  const facts = [outcome, ...(ttftMs === null ? [] : [`first token after ${formatMs(ttftMs)}`]), `took ${formatMs(tookMs)}`]
  const words = runs.map(({ of, text }) => {
    if (of === 'both') return text
    if (of !== own) return false
    return own === 'a' ? markup`<del>${text}</del>` : markup`<ins>${text}</ins>`
  })
  return markup`<div class="said reply"><span class="dim">${name} · ${facts.join(' · ')}</span>
${failure !== null && markup`<p class="state bad wrapped">${oneLine(failure, 400)}</p>\n`}<pre>${words}</pre></div>
`
}
