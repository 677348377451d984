/** Turns the messages of recorded sessions into a scenario that sends them again. */
import type { Override } from '../../../scenario/layers/overrides.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { type RecordedSession, type RecordedTurn, sentMs } from '../recorded/sessions.ts'

/** A message of a recorded session that `burn replay --live` sends again, and the name of the step that sends it. */
export interface ScriptedMessage {
  readonly step: string
  /** The last try to send the message, which has its answer. When replies called tools, it is the last round, with the message as its prompt. */
  readonly turn: RecordedTurn
  /** The think time before the message, in ms, since the end of the previous exchange; 0 for the first message. */
  readonly waitMs: number
}

/** A recorded session, with those of its messages that `burn replay --live` sends again. */
export interface ScriptedSession {
  readonly session: RecordedSession
  readonly messages: readonly ScriptedMessage[]
}

/** How `burn replay --live` changes the recorded pauses (think times) between messages when it sends them again. */
export interface ThinkTimes {
  /** The number by which think times are divided; Infinity removes them. */
  readonly speed: number
  /** The longest think time, in ms; longer ones are shortened to it before they are divided. */
  readonly idleMs: number
}

/**
 * Returns a recorded session with those of its messages that `burn replay --live` sends again; of a message with retries, only the last attempt.
 * `index` is the number of the session among those to send, from 0.
 */
export function scriptOf(
  session: RecordedSession,
  turns: readonly RecordedTurn[],
  index: number,
  isMessage: (step: string) => boolean,
): ScriptedSession {
  const messages: ScriptedMessage[] = []
  let free: number | undefined
  for (const turn of turns) {
    const { entry } = turn
    const waitMs = free === undefined ? 0 : Math.max(0, sentMs(entry) - free)
    free = Math.max(free ?? 0, entry.endedAtMs)
    if (!isMessage(entry.step)) continue
    const before = messages.at(-1)
    if (before?.turn.entry.step === entry.step && (entry.toolRound ?? 0) > 0)
      messages[messages.length - 1] = { ...before, turn: { ...turn, entry: { ...entry, ...messageOf(before.turn.entry) } } }
    else if (before?.turn.entry.step === entry.step && entry.attempt > 1) messages[messages.length - 1] = { ...before, turn }
    else messages.push({ step: `s${index + 1}-m${messages.length + 1}`, turn, waitMs })
  }
  return { session, messages }
}

/** What the user said in an attempt; the prompts of the rounds after it are results of tools. */
const messageOf = ({ prompt, parts }: JournalEntry) => ({ prompt, ...(parts && { parts }) })

const SOURCE = 'burn replay --live'
/** The keys of a scenario that are replaced because the recorded sessions decide what is sent and when. */
const REPLACED = ['flows', 'groups', 'verbosity', 'thresholds', 'profiles', 'environments']

/**
 * Returns changes that make a scenario send the messages of recorded sessions again: one iteration for each session, each with its own conversation.
 * `toolsOf` returns the keys to add to the step that sends a message, so that the message has the same tools again.
 */
export function sentAgain(
  sessions: readonly ScriptedSession[],
  users: number,
  times: ThinkTimes,
  toolsOf: (turn: RecordedTurn) => Readonly<Record<string, unknown>> = () => ({}),
): Override[] {
  const steps = sessions.map(({ messages }, index) => ({
    if: `iteration.index == ${index}`,
    then: messages.flatMap(({ step, turn, waitMs }, i) => {
      const thinkMs = i === 0 ? 0 : Math.round(Math.min(waitMs, times.idleMs) / times.speed)
      const message = { message: writtenAgain(turn.entry), name: step, ...toolsOf(turn) }
      return thinkMs > 0 ? [{ delay: `${thinkMs}ms` }, message] : [message]
    }),
  }))
  const values = {
    ...Object.fromEntries(REPLACED.map((key) => [key, undefined])),
    load: [{ iterations: sessions.length, users: Math.min(users, sessions.length) }],
    steps,
  }
  return [
    ...Object.entries(values).map(([key, value]) => ({ path: [key], value, source: SOURCE })),
    { path: ['conversation', 'reset'], value: 'iteration', source: SOURCE },
  ]
}

/** A recorded message as a scenario writes it: a text, or its parts. */
function writtenAgain({ prompt, parts }: JournalEntry): unknown {
  return parts
    ? parts.map(({ sha256: _, ...part }) => Object.fromEntries(Object.entries(part).map(([key, text]) => [key, verbatim(text)])))
    : verbatim(prompt)
}

/**
 * Returns a template that renders as exactly this text. Braces in the text must not be read as a template again, so each brace of a pair, with the
 * backslashes before it, is written as a text inside a tag.
 */
function verbatim(text: string): string {
  return text.replaceAll(/[\\{]*\{\{/g, (brackets) => brackets.replaceAll(/\\*\{/g, (one) => `{{lower "${one}"}}`))
}
