/** What stands out in one recorded attempt: by the limits of its run, and in the text of its reply. */
import { isTruncated } from '../metrics/quality/measure.ts'
import type { AnomalyGroup } from '../result/schema.ts'
import { refusalIn } from '../text-metrics/refusal.ts'
import { isLoop, repetitionOf } from '../text-metrics/repetition.ts'

/** Why an attempt stands out. The last three are heuristics that look at the text. */
export type AnomalyFlag = 'failed' | 'slow' | 'stalled' | 'costly' | 'empty' | 'loop' | 'truncated' | 'refusal'

/** An attempt as a journal has it, as far as it is looked at. Times are in ms. */
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
}

/** Returns why an attempt stands out, the worst first; empty for one that does not. `groups` are the anomalies of its run, with their limits. */
export function flagsOf(attempt: RecordedAttempt, groups: readonly AnomalyGroup[]): AnomalyFlag[] {
  if (attempt.outcome === 'failed') return ['failed']
  if (attempt.outcome === 'cut') return []
  const found = new Set<AnomalyFlag>()
  if (attempt.warnings.includes('empty_reply')) found.add('empty')
  for (const flag of textFlags(attempt)) found.add(flag)
  for (const { kind, step, metric, limit } of groups) {
    if (kind === 'burst' || kind === 'drift' || step !== attempt.step) continue
    const value = measuredIn(attempt, metric)
    if (value !== undefined && value > limit) found.add(kind)
  }
  return [...found]
}

/** The text of a reply without generated text is what came of it, which is not looked at. */
function textFlags({ ttftMs, reply, finishReason }: RecordedAttempt): AnomalyFlag[] {
  if (ttftMs === null) return []
  return [
    ...(isLoop(repetitionOf(reply)) ? ['loop' as const] : []),
    ...(isTruncated({ text: reply, finishReason: finishReason ?? undefined }) ? ['truncated' as const] : []),
    ...(refusalIn(reply) === undefined ? [] : ['refusal' as const]),
  ]
}

/** Returns what an attempt measured in one of the metrics that have limits; undefined when it measured nothing there. */
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
