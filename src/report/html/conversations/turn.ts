/** Shows one turn of a conversation: the prompt, the reply, when each came, and how the turn ended. */
import { formatMs } from '../../../text/units.ts'
import type { ReportedTurn } from '../../text/conversations.ts'
import { formatNumber, formatValue } from '../../text/format.ts'
import { cutText, type Markup, markup, oneLine } from '../page/markup.ts'
import { timeLine, timesOf } from './time-line.ts'

/** Settings for showing the turns of one conversation. */
interface TurnLook {
  /** The duration of the longest turn of the conversation, in ms; its bar fills the width of the page. */
  readonly longestMs: number
  /** The largest number of characters that is shown of a prompt or reply. */
  readonly maxText: number
  /** The currency of the prices; '' when the price list does not name it. */
  readonly currency: string
}

const STATES = { ok: 'good', failed: 'bad', cut: 'warn' } as const

/**
 * Returns, for the HTML report, one turn of a conversation (prompt, outcome, times, reply) as a list item; `before` is the turn before it. Attributes
 * of the item give the pace, in ms, at which the report's script replays the turn: the pause before the prompt, the wait for the reply, and how long
 * the reply streams.
 */
export function turnOf(turn: ReportedTurn, before: ReportedTurn | undefined, look: TurnLook): Markup {
  const { outcome, failure, marks, prompt, reply } = turn
  const times = timesOf(turn)
  const gap = before === undefined ? 0 : Math.max(0, turn.intendedAtMs - before.endedAtMs)
  const state = markup`<span class="state ${STATES[outcome]}">${outcome}</span>`
  return markup`<li data-gap="${Math.round(gap)}" data-wait="${Math.round(times.wait + times.first)}" data-stream="${Math.round(times.stream)}">
${prompt !== '' && said('user', prompt, look.maxText)}<div class="answer">
<p class="dim">${state}${marks.map((mark) => markup` · <span class="state warn wrapped">${oneLine(mark, 60)}</span>`)} · ${factsOf(turn, look).join(' · ')}</p>
${timeLine(times, look.longestMs)}
${failure !== null && markup`<p class="state bad wrapped">${oneLine(failure, 400)}</p>\n`}${reply !== '' && said('reply', reply, look.maxText)}</div>
</li>
`
}

function said(who: 'user' | 'reply', text: string, maxText: number): Markup {
  return markup`<div class="said ${who}"><span class="dim">${who}</span>
<pre>${cutText(text, maxText)}</pre></div>
`
}

function factsOf(turn: ReportedTurn, { currency }: TurnLook): string[] {
  const { step, attempt, intendedAtMs, sentAtMs, firstTokenAtMs, endedAtMs, status, inputTokens, outputTokens, cost } = turn
  const tokens = [inputTokens, outputTokens].map((count) => (count === null ? '–' : formatNumber(count)))
  return [
    oneLine(step, 60) + (attempt > 1 ? `, try ${attempt}` : ''),
    sentAtMs === null ? 'never sent' : `sent at ${formatMs(sentAtMs)}`,
    ...(sentAtMs === null || firstTokenAtMs === null ? [] : [`first token after ${formatMs(firstTokenAtMs - sentAtMs)}`]),
    `took ${formatMs(endedAtMs - intendedAtMs)}`,
    ...(status === null ? [] : [`status ${status}`]),
    ...(inputTokens === null && outputTokens === null ? [] : [`${tokens.join(' → ')} tokens`]),
    ...(cost === null ? [] : [`${formatValue(cost, 'currency')} ${currency}`.trim()]),
  ]
}
