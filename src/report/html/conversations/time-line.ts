/** Draws how long the parts of one turn took: wait, first token, stream. */
import type { ReportedTurn } from '../../text/conversations.ts'
import { percent } from '../charts/frame.ts'
import { type Markup, markup } from '../page/markup.ts'

/** How long the parts of a turn took, in ms: from when it was due to the send, to the first token, and to the end. */
interface TurnTimes {
  readonly wait: number
  readonly first: number
  readonly stream: number
}

const PARTS = [
  { key: 'wait', color: 'c6', label: 'wait for the send' },
  { key: 'first', color: 'c1', label: 'wait for the first token, or the whole reply without one' },
  { key: 'stream', color: 'c3', label: 'stream' },
] as const

/** The legend of the bars, in the HTML report, that show how long the parts of a conversation's turn took: wait, first token, stream. */
export const TIME_KEYS: Markup = markup`<ul class="legend">${PARTS.map(
  ({ color, label }) =>
    markup`<li><svg class="key ${color}" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10"/></svg> ${label}</li>`,
)}</ul>`

/**
 * Returns, for the HTML report, how long the parts of a conversation's turn took: wait, first token, stream. A request that was never sent only
 * waited; a reply without tokens has no stream.
 */
export function timesOf({ intendedAtMs, sentAtMs, firstTokenAtMs, endedAtMs }: ReportedTurn): TurnTimes {
  const sent = sentAtMs ?? endedAtMs
  const first = firstTokenAtMs ?? endedAtMs
  return {
    wait: Math.max(0, sent - intendedAtMs),
    first: Math.max(0, first - sent),
    stream: Math.max(0, endedAtMs - Math.max(first, sent)),
  }
}

/**
 * Returns, for the HTML report, a bar that shows how long the parts of a conversation's turn took; a turn of `longestMs` fills the width of the page.
 */
export function timeLine(times: TurnTimes, longestMs: number): Markup {
  let at = 0
  const rects = PARTS.map(({ key, color }) => {
    const from = at
    at += longestMs > 0 ? times[key] / longestMs : 0
    return (
      times[key] > 0 && markup`<rect class="part ${color}" x="${percent(from)}" width="${percent(at - from)}" height="100%"/>`
    )
  })
  return markup`<svg class="split" aria-hidden="true">${rects}</svg>`
}
