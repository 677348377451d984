/** What the mock says: text, pace and exact token counts, whatever the protocol that carries it. */
import { xmlText } from '../../text/escape.ts'
import { personaOpening, personaWords } from './personas.ts'
import { createRandom, type MockRandom } from './random.ts'
import type { MockSettings } from './settings.ts'

/** One turn of the conversation that came in. */
export interface MockTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

/** One chunk of the reply. */
export interface ReplyUnit {
  readonly kind: 'reasoning' | 'text'
  readonly text: string
  readonly tokens: number
  /** When it is due, in ms after the complete request (after `slowHeadersMs`, if set); never falls along a reply. */
  readonly delayMs: number
}

/** Token counts of a reply. `outputTokens` includes the reasoning. */
interface ReplyUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** A whole reply, ready to be played. */
export interface MockReply {
  readonly units: readonly ReplyUnit[]
  readonly text: string
  readonly reasoning: string
  readonly finish: 'stop' | 'length'
  readonly usage: ReplyUsage
  /** When its last unit is due, in ms; for a reply without units, when the first would have been. */
  readonly endMs: number
}

/** How many words of the last user turn the reply repeats. */
const ECHOED_WORDS = 8
/** How many words make the sentence of repetitive replies. */
const REPEATED_WORDS = 6
const MULTI_BYTE = ['火🔥', '你好', 'naïve', '🙂', 'Привет', '한국어', '👩‍🚀', 'ελπίδα']

/** Prompt tokens: the UTF-16 length of all turns, system prompt included, divided by 4 and rounded up. */
export function promptTokens(turns: readonly MockTurn[]): number {
  return Math.ceil(turns.reduce((sum, turn) => sum + turn.text.length, 0) / 4)
}

/** Number of user turns received: 1 for a first message, more when the history came with it. */
function userTurns(turns: readonly MockTurn[]): number {
  return turns.filter((turn) => turn.role === 'user').length
}

/**
 * The reply to a conversation: `turn <user turns>: <first words of the last user turn> <drawn words>`, exactly `settings.tokens`
 * words unless `limit` (output tokens, reasoning included) cuts it; `settings.replies` gives it another form. The text depends on the seed and the turns, the pace on
 * the request number `k` as well.
 */
export function replyFor(
  turns: readonly MockTurn[],
  settings: MockSettings,
  k: number,
  limit = Number.POSITIVE_INFINITY,
): MockReply {
  const reasoningTokens = Math.min(settings.reasoningTokens, limit)
  const visibleTokens = Math.min(settings.tokens, limit - reasoningTokens)
  const reasoning = reasoningWords(turns, settings, reasoningTokens)
  const visible = visibleWords(turns, settings, visibleTokens)
  const due = dueTimes(settings, k)
  const units = [...chunks('reasoning', reasoning, settings, due), ...chunks('text', visible, settings, due)]
  return {
    units,
    text: visible.join(''),
    reasoning: reasoning.join(''),
    finish: reasoningTokens + visibleTokens < settings.reasoningTokens + settings.tokens ? 'length' : 'stop',
    usage: { inputTokens: promptTokens(turns), outputTokens: reasoningTokens + visibleTokens, reasoningTokens },
    endMs: units.at(-1)?.delayMs ?? firstTokenMs(settings, k),
  }
}

/** When the first unit of request `k` is due, in ms, before jitter. */
export function firstTokenMs(settings: MockSettings, k: number): number {
  return plainDelayMs(settings, k) ?? settings.firstTokenMs
}

/** The delay of request `k` under the known distribution, in ms; undefined when none is set. */
export function plainDelayMs({ delay }: MockSettings, k: number): number | undefined {
  return delay && (delay.multiplier * k) % delay.modulus
}

function visibleWords(turns: readonly MockTurn[], settings: MockSettings, tokens: number): string[] {
  if (settings.replies === 'repetitive') {
    const sentence = spaced([], createRandom(settings.seed, 'repetitive'), settings, REPEATED_WORDS)
    return Array.from({ length: tokens }, (_, i) => `${i === 0 ? '' : ' '}${sentence[i % REPEATED_WORDS]?.trim()}`)
  }
  const last = turns.findLast((turn) => turn.role === 'user')?.text ?? ''
  const turn = userTurns(turns)
  const echoed = last
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, ECHOED_WORDS)
  const start = ['turn', `${turn}:`, ...personaOpening(settings.persona, turn), ...echoed]
  const drawn = spaced(start, createRandom(settings.seed, 'text', turn, last), settings, tokens)
  return settings.replies === 'xml' ? drawn.map((word, i) => asXml(word.trim(), i, settings.tokens)) : drawn
}

/** One word of a document of `count` words: its root begins in the first and ends in the last, so that a cut reply is not well-formed. */
function asXml(word: string, i: number, count: number): string {
  if (i === 0) return count === 1 ? '<reply/>' : '<reply>'
  return i === count - 1 ? ' </reply>' : ` <item>${xmlText(word)}</item>`
}

function reasoningWords(turns: readonly MockTurn[], settings: MockSettings, tokens: number): string[] {
  return spaced(['thinking'], createRandom(settings.seed, 'reasoning', turns.length), settings, tokens)
}

/** Exactly `tokens` words: the given ones, then drawn ones; each but the first has a leading space. */
function spaced(start: readonly string[], random: MockRandom, settings: MockSettings, tokens: number): string[] {
  const vocabulary = settings.splitUtf8 ? MULTI_BYTE : personaWords(settings.persona)
  return Array.from({ length: tokens }, (_, i) => {
    const word = start[i] ?? vocabulary[Math.floor(random() * vocabulary.length)]
    return i === 0 ? `${word}` : ` ${word}`
  })
}

/** Gives the due times of a reply's chunks, one after the other: evenly spaced from the first, jitter on top, never falling. */
function dueTimes(settings: MockSettings, k: number): () => number {
  const random = createRandom(settings.seed, 'jitter', k)
  const first = firstTokenMs(settings, k)
  let index = 0
  let last = 0
  return () => {
    last = Math.max(last, first + index * settings.gapMs + random() * settings.jitterMs)
    index += 1
    return last
  }
}

function chunks(kind: ReplyUnit['kind'], pieces: readonly string[], settings: MockSettings, due: () => number): ReplyUnit[] {
  const size = settings.tokensPerChunk
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, i) => {
    const group = pieces.slice(i * size, (i + 1) * size)
    return { kind, text: group.join(''), tokens: group.length, delayMs: due() }
  })
}
