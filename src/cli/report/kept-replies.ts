/** Reads the replies to messages from the journal of a run, in the form in which their quality is measured. */
import { InputError } from '../../errors.ts'
import { canBeScored } from '../../metrics/judge/questions.ts'
import type { MeasuredReply, ReplyQuality } from '../../metrics/quality/measure.ts'
import type { Result } from '../../result/schema.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import type { JournalEntry } from '../../store/journal/entry.ts'
import { type JournalDamage, readJournal } from '../../store/journal/reader.ts'
import type { AnsweredMessage } from '../../text-metrics/turns.ts'
import { journalOf } from './journal-of.ts'

/** The largest number of earlier messages of a conversation with which a reply is compared. */
const MAX_EARLIER = 10

/** A reply to a message, read from a run's journal, with the message and what else is needed to measure the reply's quality. */
export interface KeptReply extends MeasuredReply {
  /** True when all checks of the reply passed; null when it had none. */
  readonly held: boolean | null
}

/** A reply from a run's journal, with its measured quality, such as its relevance to the message. */
export interface MeasuredPart {
  readonly reply: KeptReply
  readonly quality: ReplyQuality
}

/**
 * Yields the replies to messages in a run's journal, in the order in which they ended. Replies in warm-ups are left out, and so are those of failed
 * attempts, except attempts that failed only because of a check. Lines of the journal that cannot be read are counted in `damage`.
 * @throws InputError when the run has no journal, or it cannot be read
 */
export function* keptReplies(run: string, { steps, phases }: Result, damage: JournalDamage): Generator<KeptReply> {
  const path = journalOf(run)
  if (path === undefined) throw new InputError(`${run} has no ${JOURNAL_NAME}, which holds the replies`, 'run with --log all')
  const messages = new Set(steps.filter(({ kind }) => kind === 'message').map(({ name }) => name))
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const conversations = new Map<number, KeptConversation>()
  for (const entry of readJournal(path, damage).entries) {
    if (!messages.has(entry.step) || !measured.has(entry.phase)) continue
    const conversation = conversationOf(conversations, entry)
    // With the results of tools, the prompt shows these: the reply answers the message before.
    if (entry.toolRound === undefined) conversation.message = entry.prompt
    if (!isReply(entry)) continue
    const { outcome, reply: text, callsAnswered } = entry
    const isScored = canBeScored({ outcome, text, callsAnswered })
    if (isScored) conversation.answers += 1
    const kept = { ...keptReply(entry, [...conversation.turns]), prompt: conversation.message }
    yield { ...kept, ...(isScored && { sampledAs: [entry.iteration, conversation.answers] }) }
    if (!isScored) continue
    conversation.turns.push({ prompt: conversation.message, text })
    if (conversation.turns.length > MAX_EARLIER) conversation.turns.shift()
  }
}

const isReply = ({ outcome, failure, ttftMs, reply, callsAnswered = false }: JournalEntry) =>
  ttftMs !== null && reply !== '' && !callsAnswered && (outcome === 'ok' || failure?.class === 'check_failed')

interface KeptConversation {
  readonly iteration: number
  readonly turns: AnsweredMessage[]
  /** The last message that was sent. */
  message: string
  /** Number of ok replies so far. With the iteration it is the place under which a run offers a reply to the sample for its judge. */
  answers: number
}

function conversationOf(all: Map<number, KeptConversation>, { user, iteration }: JournalEntry): KeptConversation {
  const known = all.get(user)
  if (known?.iteration === iteration) return known
  const fresh = { iteration, turns: [], message: '', answers: 0 }
  all.set(user, fresh)
  return fresh
}

function keptReply(entry: JournalEntry, earlier: readonly AnsweredMessage[]): KeptReply {
  const { step, prompt, reply, finishReason, warnings, checks, intendedAtMs, endedAtMs, user, iteration, attempt } = entry
  return {
    place: { user, iteration, attempt, endedAt: endedAtMs },
    step,
    prompt,
    text: reply,
    latencyMs: endedAtMs - intendedAtMs,
    finishReason: finishReason ?? undefined,
    refused: warnings.includes('blocked'),
    earlier,
    held: checks === undefined || checks.length === 0 ? null : checks.every(({ passed }) => passed),
  }
}
