/** Makes the mock's replies for all protocols: text, pace and exact token counts. */
import { xmlText } from '../../text/escape.ts'
import { gradeText } from './grade.ts'
import { personaOpening, personaWords } from './personas.ts'
import { createRandom, type MockRandom } from './random.ts'
import type { MockSettings } from './settings.ts'
import { callsFor, type MockCall, type OfferedTools, piecesOf } from './tools.ts'

/** One message of a conversation with the mock: its role, such as `user`, and its text. */
export interface MockTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

/** One chunk of a reply that the mock has generated: its text, how many tokens it has, and when it is due. */
export interface ReplyUnit {
  readonly kind: 'reasoning' | 'text' | 'tool'
  readonly text: string
  /** For a piece of a tool call's arguments: the index of that call among the calls of the reply. */
  readonly call?: number
  readonly tokens: number
  /** When the chunk is due, in ms after the complete request and the setting `slowHeadersMs`. Chunks are in order of this time. */
  readonly delayMs: number
}

/** Token counts of a reply; `outputTokens` includes reasoning. */
interface ReplyUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Prompt tokens that came from the cache; null when the mock does not report them, left out for 0. */
  readonly cachedTokens?: number | null
}

/** A complete reply that the mock has generated: its chunks with due times, the texts and the token counts. */
export interface MockReply {
  readonly units: readonly ReplyUnit[]
  readonly text: string
  readonly reasoning: string
  readonly finish: 'stop' | 'length' | 'tool_calls'
  /** The tools that the reply calls, in place of a text; empty when it has a text. */
  readonly calls: readonly MockCall[]
  readonly usage: ReplyUsage
  /** When the last chunk is due, in ms; for a reply without chunks, when a first one would have been due. */
  readonly endMs: number
}

/** The number of words of the user's last message that a reply repeats. */
const ECHOED_WORDS = 8
/** The number of words in the sentence that repetitive replies repeat. */
const REPEATED_WORDS = 6
const MULTI_BYTE = ['火🔥', '你好', 'naïve', '🙂', 'Привет', '한국어', '👩‍🚀', 'ελπίδα']

/** Estimates how many input tokens a request to the mock has: a quarter of the UTF-16 length of all messages, system prompt included, rounded up. */
export function promptTokens(turns: readonly MockTurn[]): number {
  return Math.ceil(turns.reduce((sum, turn) => sum + turn.text.length, 0) / 4)
}

/** Returns the number of user turns in a conversation: 1 for a first message, more for a request that carries history. */
function userTurns(turns: readonly MockTurn[]): number {
  return turns.filter((turn) => turn.role === 'user').length
}

/**
 * Returns the mock's reply to a conversation: `turn N: ` for the user's message number N, the opening words of the persona, the first words of that
 * message, then random words. `settings` says how many words, or selects another kind of reply, such as the scores of a judge. `limit` is the largest
 * number of output tokens. With the tools `offered`, the reply may call tools instead; then `limit` does not apply. The same seed and conversation
 * give the same text; the times of the chunks also depend on the request number `k`.
 */
export function replyFor(
  turns: readonly MockTurn[],
  settings: MockSettings,
  k: number,
  limit = Number.POSITIVE_INFINITY,
  offered?: OfferedTools,
): MockReply {
  const calls = callsFor(offered, settings, k)
  if (calls.length > 0) return callingReply(calls, turns, settings, k)
  const reasoningTokens = Math.min(settings.reasoningTokens, limit)
  const grade = settings.replies === 'grades' ? gradeWords(turns, settings) : undefined
  const tokens = grade?.length ?? settings.tokens
  const visibleTokens = Math.min(tokens, limit - reasoningTokens)
  const reasoning = reasoningWords(turns, settings, reasoningTokens)
  const visible = grade?.slice(0, visibleTokens) ?? visibleWords(turns, settings, visibleTokens)
  const due = dueTimes(settings, k)
  const units = [...chunks('reasoning', reasoning, settings, due), ...chunks('text', visible, settings, due)]
  return {
    units,
    text: visible.join(''),
    reasoning: reasoning.join(''),
    calls: [],
    finish: reasoningTokens + visibleTokens < settings.reasoningTokens + tokens ? 'length' : 'stop',
    usage: { inputTokens: promptTokens(turns), outputTokens: reasoningTokens + visibleTokens, reasoningTokens },
    endMs: units.at(-1)?.delayMs ?? firstTokenMs(settings, k),
  }
}

/** Makes a reply that calls tools. The request's token limit does not apply, because arguments that are cut short are not valid JSON. */
function callingReply(calls: readonly MockCall[], turns: readonly MockTurn[], settings: MockSettings, k: number): MockReply {
  const due = dueTimes(settings, k)
  const reasoning = reasoningWords(turns, settings, settings.reasoningTokens)
  const units = [
    ...chunks('reasoning', reasoning, settings, due),
    ...calls.flatMap((call, index) =>
      piecesOf(call).map((text): ReplyUnit => ({ kind: 'tool', call: index, text, tokens: 1, delayMs: due() })),
    ),
  ]
  const outputTokens = units.reduce((sum, { tokens }) => sum + tokens, 0)
  return {
    units,
    text: '',
    reasoning: reasoning.join(''),
    calls,
    finish: 'tool_calls',
    usage: { inputTokens: promptTokens(turns), outputTokens, reasoningTokens: settings.reasoningTokens },
    endMs: units.at(-1)?.delayMs ?? firstTokenMs(settings, k),
  }
}

/**
 * Returns the time that the mock takes to the first chunk of its reply to request number `k`, in ms: the mock's setting `delay` or, without it,
 * `firstTokenMs`. Random variation (jitter) and a wait in the mock's queue are not included.
 */
export function firstTokenMs(settings: MockSettings, k: number): number {
  return plainDelayMs(settings, k) ?? settings.firstTokenMs
}

/** Returns how long the mock delays its answer to request number `k`, in ms, by the mock's setting `delay`; undefined when that is not set. */
export function plainDelayMs({ delay }: MockSettings, k: number): number | undefined {
  return delay && (delay.multiplier * k) % delay.modulus
}

const lastMessage = (turns: readonly MockTurn[]) => turns.findLast((turn) => turn.role === 'user')?.text ?? ''

function gradeWords(turns: readonly MockTurn[], settings: MockSettings): string[] {
  return gradeText(lastMessage(turns), settings)
    .split(' ')
    .map((word, i) => (i === 0 ? word : ` ${word}`))
}

function visibleWords(turns: readonly MockTurn[], settings: MockSettings, tokens: number): string[] {
  if (settings.replies === 'repetitive') {
    const sentence = spaced([], createRandom(settings.seed, 'repetitive'), settings, REPEATED_WORDS)
    return Array.from({ length: tokens }, (_, i) => `${i === 0 ? '' : ' '}${sentence[i % REPEATED_WORDS]?.trim()}`)
  }
  const last = lastMessage(turns)
  const turn = userTurns(turns)
  const echoed = last
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, ECHOED_WORDS)
  const start = ['turn', `${turn}:`, ...personaOpening(settings.persona, turn), ...echoed]
  const drawn = spaced(start, createRandom(settings.seed, 'text', turn, last), settings, tokens)
  return settings.replies === 'xml' ? drawn.map((word, i) => asXml(word.trim(), i, settings.tokens)) : drawn
}

/** Returns word number `i` of an XML reply of `count` words. The root element spans all of them, so a reply that is cut short is not well-formed. */
function asXml(word: string, i: number, count: number): string {
  if (i === 0) return count === 1 ? '<reply/>' : '<reply>'
  return i === count - 1 ? ' </reply>' : ` <item>${xmlText(word)}</item>`
}

function reasoningWords(turns: readonly MockTurn[], settings: MockSettings, tokens: number): string[] {
  return spaced(['thinking'], createRandom(settings.seed, 'reasoning', turns.length), settings, tokens)
}

/** Returns exactly `tokens` words: those of `start`, then random ones. Each but the first begins with a space. */
function spaced(start: readonly string[], random: MockRandom, settings: MockSettings, tokens: number): string[] {
  const vocabulary = settings.splitUtf8 ? MULTI_BYTE : personaWords(settings.persona)
  return Array.from({ length: tokens }, (_, i) => {
    const word = start[i] ?? vocabulary[Math.floor(random() * vocabulary.length)]
    return i === 0 ? `${word}` : ` ${word}`
  })
}

/** Returns a function that gives the due time of each next chunk in ms: evenly spaced, with jitter, never decreasing. */
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
