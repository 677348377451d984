import { expect, test } from 'vitest'
import { GroupRecorder } from '../../../src/metrics/groups/group-recorder.ts'
import { mergeMetrics } from '../../../src/metrics/groups/merge.ts'
import { cacheText } from '../../../src/report/tables/cache.ts'
import { okExchange } from '../../metrics/exchanges.ts'

type Reply = readonly [firstTokenMs: number, input: number | null, cached: number | null]

/** The metrics of ok replies that told so many tokens. */
function groupOf(replies: readonly Reply[]) {
  const group = new GroupRecorder()
  for (const [firstToken, inputTokens, cachedInputTokens] of replies) {
    const exchange = okExchange({ firstToken, outputTokens: 1 })
    const usage = { ...exchange.usage, inputTokens, cachedInputTokens }
    group.receiving.add(Object.assign(exchange, { usage }), { good: true, checksPassed: 0, checksFailed: 0, inWindow: true })
  }
  return group.toMetrics(1000)
}

const WARM: Reply = [40, 100, 80]
const COLD: Reply = [200, 100, 0]
const UNTOLD: Reply = [100, 100, null]

test.each<[string, Reply[], string]>([
  ['nothing', [], ''],
  ['replies that do not tell', [UNTOLD, [100, null, null]], ''],
  ['replies that tell of none', [COLD, COLD], ''],
  [
    'warm and cold prompts',
    [WARM, COLD],
    '40% of the prompt tokens · first token p50 ~40ms warm (1 reply), ~200ms cold (1 reply)',
  ],
  ['warm ones alone', [WARM, WARM], '80% of the prompt tokens · first token p50 ~40ms warm (2 replies)'],
  ['cold ones alone', [[200, 100, 20]], '20% of the prompt tokens · first token p50 ~200ms cold (1 reply)'],
  [
    'some that do not tell, which count as none',
    [WARM, UNTOLD],
    '40% of the prompt tokens · first token p50 ~40ms warm (1 reply) · reported by 1 of 2 replies',
  ],
])('of %s', (_, replies, text) => {
  expect(cacheText(groupOf(replies))).toBe(text)
})

test('the parts of a load merge to the share of the whole', () => {
  const parts = [
    [WARM, UNTOLD],
    [COLD, COLD, [10, 300, 300] as Reply],
  ]
  expect(mergeMetrics(parts.map(groupOf))).toMatchObject({ values: { cache_hits: 380 / 700 } })
  expect(cacheText(mergeMetrics(parts.map(groupOf)))).toBe(cacheText(groupOf(parts.flat())))
})
