/** Finds the anomalies in the exchanges of a recorded session, and describes them. */
import { flagsOf, measuredIn } from '../../../anomalies/attempt-flags.ts'
import type { AnomalyFlag } from '../../../anomalies/kinds.ts'
import { Repeats } from '../../../engine/user/reply/repeated-replies.ts'
import { isAbove } from '../../../metrics/histogram/above.ts'
import { formatValue } from '../../../report/text/format.ts'
import type { AnomalyGroup } from '../../../result/schema.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'

/** An anomaly of a recorded exchange, such as a slow or empty reply. */
export interface ReplayMark {
  readonly kind: AnomalyFlag
  /** A description of the anomaly, with figures where there are any: `slow: ttft 3.2s, above 812ms`. Texts of the target are not escaped. */
  readonly words: string
}

/** The severity of each kind of anomaly, from 4 for a failure over 3 for an unusable reply to 1 for an expensive one. */
const SEVERITY: Readonly<Record<AnomalyFlag, number>> = {
  failed: 4,
  empty: 3,
  loop: 3,
  truncated: 3,
  refusal: 3,
  repeated: 3,
  stalled: 2,
  slow: 2,
  costly: 1,
}

const WORDS: Readonly<Record<Exclude<AnomalyFlag, 'failed' | 'slow' | 'stalled' | 'costly'>, string>> = {
  empty: 'empty: nothing was generated',
  loop: 'loop: the reply repeats itself',
  truncated: 'truncated: the reply was cut off',
  refusal: 'refusal: the reply declines',
  repeated: 'repeated: the reply begins as the one before',
}

/**
 * Returns how bad an anomaly of a recorded exchange is, to sort anomalies: from 1 for a reply that used unusually many tokens to 4 for a failed
 * attempt.
 */
export function severityOf({ kind }: ReplayMark): number {
  return SEVERITY[kind]
}

/**
 * Finds anomalies (slow, empty, cut-off replies …) among the exchanges of one recorded session. Pass the exchanges in the order in which they ended.
 */
export class Marker {
  private readonly groups: readonly AnomalyGroup[]
  private readonly repeats = new Repeats()

  /** Takes the anomalies of the run (`groups`), whose limits decide what counts as slow, stalled or costly. */
  constructor(groups: readonly AnomalyGroup[]) {
    this.groups = groups
  }

  /** Returns the anomalies of the next exchange, the most severe first. */
  marks(entry: JournalEntry): ReplayMark[] {
    const answers = entry.outcome === 'ok' && entry.ttftMs !== null
    const kinds: AnomalyFlag[] = flagsOf(entry, this.groups)
    // Journals of older versions do not record this warning, so that it is found here.
    if (answers && this.repeats.sees(entry.iteration, entry.reply) && !kinds.includes('repeated')) kinds.push('repeated')
    return kinds.map((kind) => ({ kind, words: this.words(kind, entry) })).sort((a, b) => severityOf(b) - severityOf(a))
  }

  private words(kind: AnomalyFlag, entry: JournalEntry): string {
    if (kind === 'failed') return `failed: ${entry.failure?.class ?? 'without a class'}`
    if (kind !== 'slow' && kind !== 'stalled' && kind !== 'costly') return WORDS[kind]
    const over = this.groups.flatMap(({ kind: own, step, metric, limit, unit }) => {
      const value = own === kind && step === entry.step ? measuredIn(entry, metric) : undefined
      return value === undefined || !isAbove(value, limit, unit)
        ? []
        : [`${metric} ${formatValue(value, unit)}, above ${formatValue(limit, unit)}`]
    })
    return `${kind}: ${over.join('; ')}`
  }
}
