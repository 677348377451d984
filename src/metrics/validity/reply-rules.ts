/** Validity rules about replies whose text was not found, or that came without being asked for. */
import { percent, reason, shareOf, type UnreadStep, type ValidityRule } from './facts.ts'

/** Rule: in no reply to a step was text found, so its token metrics mean nothing. */
const textless: ValidityRule = ({ textless: steps = [], unread = [] }) => {
  if (steps.length === 0) return undefined
  const message = `no text was found in any reply to ${steps.join(', ')}${whatOf(unread)}: tokens, times to the first of them and checks of the text say nothing`
  return reason('degraded', 'text_not_found', message, WHERE_TEXT_IS)
}

/** Share of a step's replies in which burn found no text, above which this is reported. */
const UNREAD_NOTABLE = 0.01

/** Rule: in some replies to a step no text was found, so its token metrics leave them out. */
const unread: ValidityRule = ({ unread: steps = [], textless: all = [] }) => {
  const some = steps.filter(({ step, count, of }) => !all.includes(step) && shareOf(count, of) > UNREAD_NOTABLE)
  if (some.length === 0) return undefined
  const counts = some.map(({ step, count, of }) => `${count} of ${of} replies to ${step}`).join(', ')
  const message = `the text of ${counts} was not found${whatOf(some)}: times to the first token leave them out`
  return reason('degraded', 'text_not_found', message, WHERE_TEXT_IS)
}

const WHERE_TEXT_IS =
  'see the reply with `burn ping`: another preset or dialect may read it, or map it with target.response (dialect: generic)'

function whatOf(steps: readonly UnreadStep[]): string {
  const what = steps.find((step) => step.what !== undefined)?.what
  return what === undefined ? '' : ` (${what})`
}

/** The share of replies that came after unrequested messages of the server, above which a warning is given. */
const UNASKED_NOTABLE = 0.01

const unasked: ValidityRule = ({ unasked: count = 0, counts }) => {
  const replies = counts.ok + counts.failed
  if (count === 0 || shareOf(count, replies) <= UNASKED_NOTABLE) return undefined
  const message = `before ${count} of ${replies} replies (${percent(count / replies)}) more messages came after the reply before was complete: what ends a reply may not be what was taken for it`
  return reason('degraded', 'unasked_frames', message, `${WHAT_ENDS_A_REPLY}; \`burn ping\` counts what comes late`)
}
const WHAT_ENDS_A_REPLY =
  'say which message ends a reply: target.response.end, for request steps websocket.reply.until; or ids: websocket.reply.match'

/** The validity rules that look at the content of replies, such as messages in whose replies no text was found. */
export const REPLY_RULES: readonly ValidityRule[] = [textless, unread, unasked]
