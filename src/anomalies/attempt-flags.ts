/** Finds the anomalies of one recorded attempt, by the limits of its run and the text of its reply. */
import { isAbove } from '../metrics/histogram/above.ts'
import { textFlagsOf } from '../metrics/quality/measure.ts'
import type { AnomalyGroup } from '../result/schema.ts'
import type { AnomalyFlag } from './kinds.ts'

/** One way in which an attempt is an anomaly, and the metric whose limit it exceeded; undefined for kinds without a limit. */
interface FlagInMetric {
  readonly kind: AnomalyFlag
  readonly metric: string | undefined
}

/** The fields of an attempt in a run's journal by which burn decides whether the attempt is an anomaly. Times are in ms. */
export interface RecordedAttempt {
  readonly step: string
  readonly outcome: 'ok' | 'failed' | 'cut'
  readonly sentAtMs: number | null
  readonly endedAtMs: number
  readonly ttftMs: number | null
  readonly tpotMs?: number
  readonly longestGapMs?: number
  readonly usage: { readonly outputTokens: number | null } | null
  readonly finishReason: string | null
  readonly warnings: readonly string[]
  readonly reply: string
  /** True when the reply begins like the one before it in the conversation; left out when it does not. */
  readonly repeated?: boolean
}

/**
 * Returns the flags that say what is abnormal about an attempt in a run's journal, such as `slow` or `empty`, each once; an empty list for a normal
 * attempt. `groups` are the anomalies in the run's result; they hold the limits above which values are abnormal.
 */
export function flagsOf(attempt: RecordedAttempt, groups: readonly AnomalyGroup[]): AnomalyFlag[] {
  return [...new Set(flagsInMetrics(attempt, groups).map(({ kind }) => kind))]
}

/**
 * Returns a list of what is abnormal about an attempt. Each entry has a flag, such as `slow`, and the metric in which the attempt exceeds a limit;
 * the metric is undefined for flags without a limit, such as `empty`. An attempt that is slow in two metrics has two entries. `groups` are the
 * anomalies in the run's result; they hold the limits.
 */
export function flagsInMetrics(attempt: RecordedAttempt, groups: readonly AnomalyGroup[]): FlagInMetric[] {
  const { outcome, warnings, repeated } = attempt
  if (outcome === 'failed') return [plain('failed')]
  if (outcome === 'cut') return []
  return [
    ...(warnings.includes('empty_reply') ? [plain('empty')] : []),
    ...(repeated === true ? [plain('repeated')] : []),
    ...textFlags(attempt).map(plain),
    ...groups.flatMap((group) => overLimit(attempt, group) ?? []),
  ]
}

const plain = (kind: AnomalyFlag): FlagInMetric => ({ kind, metric: undefined })

function overLimit(attempt: RecordedAttempt, { kind, step, metric, limit, unit }: AnomalyGroup): FlagInMetric | undefined {
  if (kind === 'burst' || kind === 'drift' || step !== attempt.step) return undefined
  const value = measuredIn(attempt, metric)
  return value !== undefined && isAbove(value, limit, unit) ? { kind, metric } : undefined
}

/**
 * Returns what the text of a reply shows: a loop, a cut-off end or a refusal. Empty for a reply without generated text, because its text is something
 * else, such as an error.
 */
function textFlags({ ttftMs, reply, finishReason, warnings }: RecordedAttempt) {
  if (ttftMs === null) return []
  const flags = textFlagsOf({ text: reply, finishReason: finishReason ?? undefined, refused: warnings.includes('blocked') })
  return (['loop', 'truncated', 'refusal'] as const).filter((name) => flags[name])
}

/**
 * Returns the value that one attempt has in a metric, such as `ttft` (ms) or `output_tokens`, to compare it with the limit for anomalies; undefined
 * when the attempt has no such value.
 */
export function measuredIn(
  { ttftMs, tpotMs, longestGapMs, sentAtMs, endedAtMs, usage }: RecordedAttempt,
  metric: string,
): number | undefined {
  switch (metric) {
    case 'ttft':
      return ttftMs ?? undefined
    case 'tpot':
      return tpotMs
    case 'stall':
      return longestGapMs
    case 'service_time':
      return sentAtMs === null ? undefined : endedAtMs - sentAtMs
    case 'output_tokens':
      return usage?.outputTokens ?? undefined
    default:
      return undefined
  }
}
