/** Describes what targets reported about their prompt caches. */
import type { Distribution, GroupMetrics } from '../../result/schema.ts'
import { formatCount, formatPercentile, formatShare } from '../text/format.ts'

/**
 * Describes how many of the prompt tokens came from a cache, and the time to first token with and without it: "62% of the prompt tokens · first
 * token p50 41ms warm (30 replies), 320ms cold (10 replies)". Says how many replies reported cached tokens when not all did. '' when no token came
 * from a cache.
 */
export function cacheText({ values, tokens, counters, distributions }: GroupMetrics): string {
  if (!tokens.cachedInput || typeof values.cache_hits !== 'number') return ''
  const { ttft_warm: warm, ttft_cold: cold, input_tokens: input } = distributions
  const known = counters.repliesWithCache ?? 0
  const first = [...firstToken(warm, 'warm'), ...firstToken(cold, 'cold')].join(', ')
  return [
    `${formatShare(values.cache_hits)} of the prompt tokens`,
    ...(first === '' ? [] : [`first token p50 ${first}`]),
    ...(input && known < input.count ? [`reported by ${formatCount(known)} of ${formatCount(input.count)} replies`] : []),
  ].join(' · ')
}

function firstToken(times: Distribution | undefined, word: string): string[] {
  if (times === undefined || times.count === 0) return []
  return [`${formatPercentile(times, 'p50')} ${word} (${formatCount(times.count)} ${times.count === 1 ? 'reply' : 'replies'})`]
}
