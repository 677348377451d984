/** Chooses which conversations of a journal a report shows: those with anomalies, the slowest, failed ones of every kind, and a random sample. */
import { createRandom } from '../../../random.ts'
import type { Result } from '../../../result/schema.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { Smallest } from './smallest.ts'

/** The largest number of conversations that a report shows. */
const MAX_CONVERSATIONS = 40
/** The number of the slowest conversations that are kept to choose from. */
const SLOWEST = 10
/** The largest number of conversations with anomalies that are chosen first. */
const MAX_OUTLIERS_FIRST = 20
/** How many conversations are chosen before the random sample, which takes the remaining places so that the others can be compared with it. */
const MAX_BEFORE_SAMPLE = 35
/** The largest number of kinds of failures (step and class) of which conversations are chosen. */
const MAX_KINDS = 10
/** The number of conversations that are kept for each kind of failure. */
const PER_KIND = 2

/** Returns the key of a conversation in a report: the numbers of user and iteration, such as `7#0`. */
export const keyOf = ({ user, iteration }: { readonly user: number; readonly iteration: number }) => `${user}#${iteration}`

/**
 * Chooses the conversations that a report shows: those with anomalies, the slowest, failed ones, and a random sample that depends on the run's seed.
 * Pass it the attempts in the run's journal one by one. It needs little memory: the chosen conversations and one number for each user.
 */
export class ConversationChoice {
  /** The number of conversations in the journal so far. */
  recorded = 0
  private readonly iterations = new Map<number, number>()
  private readonly seed: string
  /** The conversations with the worst anomalies of the run, by key, each with the kind of its anomaly. */
  private readonly outliers = new Map<string, string>()
  /** The keys of those conversations with anomalies that were found in the journal. */
  private readonly seen = new Set<string>()
  private readonly slowest = new Smallest(SLOWEST)
  private readonly failedOf = new Map<string, Smallest>()
  private readonly failed = new Smallest(MAX_CONVERSATIONS)
  private readonly sample = new Smallest(MAX_CONVERSATIONS)

  constructor({ seed, anomalyGroups = [] }: Pick<Result, 'seed' | 'anomalyGroups'>) {
    this.seed = seed
    for (const { kind, metric, worst } of anomalyGroups) {
      for (const { user, iteration } of worst) {
        if (user === undefined || iteration === undefined) continue
        const key = keyOf({ user, iteration })
        if (!this.outliers.has(key)) this.outliers.set(key, `${kind} ${metric}`)
      }
    }
  }

  add(entry: JournalEntry): void {
    const { user, iteration, step, failure, outcome, intendedAtMs, endedAtMs } = entry
    const key = keyOf(entry)
    if (this.iterations.get(user) !== iteration) this.recorded += 1
    this.iterations.set(user, iteration)
    if (this.outliers.has(key)) this.seen.add(key)
    this.slowest.add(key, intendedAtMs - endedAtMs)
    const draw = createRandom(this.seed, 'reported', user, iteration).next()
    this.sample.add(key, draw)
    if (outcome !== 'failed') return
    this.failed.add(key, draw)
    this.kind(`${step}: ${failure?.class ?? ''}`)?.add(key, draw)
  }

  /** Returns the keys of the chosen conversations, each with the reason, the most interesting first. */
  chosen(): ReadonlyMap<string, string> {
    const chosen = new Map<string, string>()
    const take = (keys: readonly string[], upTo: number, why: (key: string) => string) => {
      for (const key of keys) if (chosen.size < upTo && !chosen.has(key)) chosen.set(key, why(key))
    }
    const outliers = [...this.outliers.keys()].filter((key) => this.seen.has(key))
    const reason = (key: string) => this.outliers.get(key) ?? ''
    take(outliers, MAX_OUTLIERS_FIRST, reason)
    take(this.slowest.keys(), MAX_BEFORE_SAMPLE, () => 'among the slowest')
    for (const kind of this.failedOf.values()) take(kind.keys(), MAX_BEFORE_SAMPLE, () => 'failed')
    take(outliers, MAX_BEFORE_SAMPLE, reason)
    take(this.failed.keys(), MAX_BEFORE_SAMPLE, () => 'failed')
    take(this.sample.keys(), MAX_CONVERSATIONS, () => 'sample')
    return chosen
  }

  private kind(name: string): Smallest | undefined {
    if (!this.failedOf.has(name) && this.failedOf.size < MAX_KINDS) this.failedOf.set(name, new Smallest(PER_KIND))
    return this.failedOf.get(name)
  }
}
