/** Lists the anomalies of a run one by one, each with its evidence: the lines of `anomalies.jsonl`. */
import type { FlaggedReplies, TextFlag } from '../metrics/quality/flagged.ts'
import { atOnce } from '../pieces.ts'
import type { AnomalyGroup } from '../result/schema.ts'
import { LOOP_FLAG } from '../text-metrics/repetition.ts'
import { groupsIn, type SearchedRun } from './found.ts'
import type { AnomalyFlag } from './kinds.ts'
import type { NotedKind } from './noted.ts'

/** One anomaly, as a line of `anomalies.jsonl`. Fields that are unknown or do not apply are null. */
interface AnomalyLine {
  readonly kind: AnomalyFlag | 'burst' | 'drift'
  /** The name of the step; for a burst the name of the target, for a drift that of the phase. */
  readonly step: string
  readonly user: number | null
  readonly iteration: number | null
  /** 1 for the first try, more for retries. */
  readonly attempt: number | null
  /** When the attempt, burst or drift ended, in ms since the run began. */
  readonly endedAtMs: number
  readonly metric: string | null
  readonly unit: string | null
  readonly value: number | null
  readonly limit: number | null
  /** The median of the compared values, from which the limit was computed. */
  readonly median: number | null
  /** A description of what the value was compared with. */
  readonly comparedWith: string
  /** For a failure its class, phase and message, for a reply a part of its text; untrusted. */
  readonly evidence: string | null
}

/**
 * The data of a run from which `anomalies.jsonl` is written, the file that lists its anomalies one by one, with the replies that were loops, cut off
 * or refusals.
 */
interface RunWithAnomalies extends SearchedRun {
  /** Names of the steps, in the order of the plan. */
  readonly stepNames: readonly string[]
  readonly flagged: FlaggedReplies | undefined
}

const NO_LIMIT = { metric: null, unit: null, value: null, limit: null, median: null } as const

/**
 * Returns the anomalies of a run one by one in the order of time: the lines of the file `anomalies.jsonl`. At most fifty are listed of each group,
 * such as the attempts of one step that are slow in one metric.
 */
export function anomalyLines(run: RunWithAnomalies): AnomalyLine[] {
  const lines = [...atOnce(groupsIn(run)).flatMap(groupLines), ...notedLines(run), ...textLines(run)]
  return lines.sort((a, b) => a.endedAtMs - b.endedAtMs)
}

function groupLines(group: AnomalyGroup): AnomalyLine[] {
  const { kind, step, metric, unit, limit, median, worst } = group
  const comparedWith = basisOf(group)
  return worst.map(({ value, user = null, iteration = null, attempt = null, endedAtMs }) => ({
    ...{ kind, step, user, iteration, attempt, endedAtMs, metric, unit, value, limit, median, comparedWith, evidence: null },
  }))
}

function basisOf({ kind, step, metric, samples = 0 }: AnomalyGroup): string {
  if (kind === 'burst') return `rows and windows of failures that the error rate of the run makes likely`
  if (kind === 'drift') return `the medians of ${metric} in the blocks of ${step}, whose load stayed the same`
  return kind === 'stalled' ? `${samples} gaps inside the replies of ${step}` : `${samples} ok attempts of ${step}`
}

const NOTED_WITH: Readonly<Record<NotedKind, string>> = {
  failed: 'what an ok attempt is',
  empty: 'a reply with content',
  repeated: 'the reply before it in the conversation, whose first 100 characters are the same',
}

function notedLines({ watch, stepNames, startedAt }: RunWithAnomalies): AnomalyLine[] {
  return (['failed', 'empty', 'repeated'] as const).flatMap((kind) =>
    watch.noted.of(kind).map(({ step, user, iteration, attempt, endedAt, evidence }) => ({
      ...{ kind, step: stepNames[step] ?? '', user, iteration, attempt, endedAtMs: micros(endedAt - startedAt), ...NO_LIMIT },
      ...{ comparedWith: NOTED_WITH[kind], evidence: evidence === '' ? null : evidence },
    })),
  )
}

const TEXT_WITH: Readonly<Record<TextFlag, string>> = {
  loop: 'healthy prose, of which 99 % has a share below 0.026',
  truncated: 'replies that end by themselves',
  refusal: 'the phrases of refusals',
}

function textLines({ flagged, startedAt }: RunWithAnomalies): AnomalyLine[] {
  return (['loop', 'truncated', 'refusal'] as const).flatMap((kind) =>
    (flagged?.of(kind) ?? []).map(({ step, user, iteration, attempt, endedAt, value, evidence }) => ({
      ...{ kind, step, user, iteration, attempt, endedAtMs: micros(endedAt - startedAt), ...NO_LIMIT },
      ...(value === null ? {} : { metric: 'loop coverage', unit: 'ratio', value, limit: LOOP_FLAG }),
      ...{ comparedWith: TEXT_WITH[kind], evidence },
    })),
  )
}

const micros = (ms: number) => Math.round(ms * 1000) / 1000
