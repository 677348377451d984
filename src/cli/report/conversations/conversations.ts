/** Reads the conversations that a report shows from the journal of a run. */
import { flagsOf } from '../../../anomalies/attempt-flags.ts'
import type { ReportedConversation, ReportedConversations, ReportedTurn } from '../../../report/text/conversations.ts'
import type { RenderOptions } from '../../../report/text/reporter.ts'
import type { AnomalyGroup, Result } from '../../../result/schema.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { JournalDamage, readJournal } from '../../../store/journal/reader.ts'
import { journalOf } from '../journal-of.ts'
import { ConversationChoice, keyOf } from './choice.ts'

/** The largest number of turns that are kept of one conversation. */
const MAX_TURNS = 40
const MAX_TEXT = 2000
/** How many entries of the journal are read before signals are handled. */
const BATCH = 500

/**
 * Returns the conversations for the report of a run, read from its journal, as an object with the key `conversations`. Without a journal, the object
 * is empty.
 * @throws InputError
 */
export async function conversationsOf(run: string, result: Result): Promise<Pick<RenderOptions, 'conversations'>> {
  const path = journalOf(run)
  return path === undefined ? {} : { conversations: await reportedConversations(path, result) }
}

/**
 * Returns the conversations that a report shows, read from the journal at `path`. Reads the journal twice, first to choose conversations, then for
 * their texts, so that a journal of any length needs little memory. Warm-ups, setup and teardown are left out.
 * @throws InputError when the journal cannot be read
 */
export async function reportedConversations(path: string, result: Result): Promise<ReportedConversations> {
  const damage = new JournalDamage()
  const { header, entries } = readJournal(path, damage)
  const measured = new Set(result.phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const choice = new ConversationChoice(result)
  await inBatches(entries, (entry) => {
    if (measured.has(entry.phase)) choice.add(entry)
  })
  const damaged = damage.lines
  const collected = new Map(Array.from(choice.chosen(), ([key, why]) => [key, new Collected(why)]))
  await inBatches(entries, (entry) => {
    if (measured.has(entry.phase)) collected.get(keyOf(entry))?.add(entry, turnOf(entry, result.anomalyGroups ?? []))
  })
  const chosen = Array.from(collected.values(), (each) => each.conversation())
  return { chosen, recorded: choice.recorded, level: header?.level, damaged }
}

async function inBatches<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let count = 0
  for (const item of items) {
    each(item)
    count += 1
    if (count % BATCH === 0) await new Promise(setImmediate)
  }
}

/** Collects the turns of one conversation. Of a long one it keeps the turns that failed or have anomalies, and the last ones. */
class Collected {
  private readonly why: string
  private readonly turns: ReportedTurn[] = []
  private user = 0
  private iteration = 0
  private leftOut = 0

  constructor(why: string) {
    this.why = why
  }

  add({ user, iteration }: JournalEntry, turn: ReportedTurn): void {
    this.user = user
    this.iteration = iteration
    this.turns.push(turn)
    if (this.turns.length <= MAX_TURNS) return
    const plain = this.turns.findIndex(({ outcome, marks }) => outcome === 'ok' && marks.length === 0)
    this.turns.splice(Math.max(0, plain), 1)
    this.leftOut += 1
  }

  conversation(): ReportedConversation {
    const { why, user, iteration, leftOut } = this
    const turns = this.turns.toSorted((a, b) => a.intendedAtMs - b.intendedAtMs)
    return { user, iteration, why, turns, turnsLeftOut: leftOut }
  }
}

function turnOf(entry: JournalEntry, groups: readonly AnomalyGroup[]): ReportedTurn {
  const { step, attempt, intendedAtMs, sentAtMs, ttftMs, endedAtMs, outcome, failure, status, usage, cost, warnings } = entry
  return {
    step,
    attempt,
    intendedAtMs,
    sentAtMs,
    firstTokenAtMs: sentAtMs === null || ttftMs === null ? null : sentAtMs + ttftMs,
    endedAtMs,
    outcome,
    failure: failure && `${failure.class}: ${failure.message}`,
    status,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    cost: cost ?? null,
    marks: [...new Set([...warnings, ...flagsOf(entry, groups).filter((flag) => flag !== 'failed')])],
    prompt: cut(entry.prompt),
    reply: cut(entry.reply),
  }
}

/** Cuts a text to one character more than is shown, so that the report can tell that it was longer. */
function cut(text: string): string {
  return text.slice(0, MAX_TEXT + 1)
}
