/** Why a recorded attempt stands out: by the limits of its run and step, and by its text. */
import { expect, test } from 'vitest'
import { flagsOf, type RecordedAttempt } from '../../src/anomalies/attempt-flags.ts'
import type { AnomalyFlag } from '../../src/anomalies/kinds.ts'
import type { AnomalyGroup } from '../../src/result/schema.ts'

const attempt: RecordedAttempt = {
  step: 'open',
  outcome: 'ok',
  sentAtMs: 100,
  endedAtMs: 900,
  ttftMs: 200,
  tpotMs: 10,
  longestGapMs: 50,
  usage: { outputTokens: 40 },
  finishReason: 'stop',
  warnings: [],
  reply: 'Your order has left our store and arrives on Friday.',
}
const group = (kind: AnomalyGroup['kind'], metric: string, limit: number, step = 'open'): AnomalyGroup => ({
  ...{ kind, step, metric, unit: 'ms', count: 1, median: 1, limit },
  worst: [],
})
const LOOP = 'I am sorry, I can not help with that order today. '.repeat(12)

test.each<[string, Partial<RecordedAttempt>, AnomalyGroup[], AnomalyFlag[]]>([
  ['one like the others', {}, [group('slow', 'ttft', 200), group('stalled', 'stall', 2000)], []],
  ['a late first token', {}, [group('slow', 'ttft', 199)], ['slow']],
  ['slow tokens', {}, [group('slow', 'tpot', 9)], ['slow']],
  ['a long service time', { ttftMs: null }, [group('slow', 'service_time', 799)], ['slow']],
  [
    'a long silence and many tokens',
    {},
    [group('stalled', 'stall', 49), group('costly', 'output_tokens', 39)],
    ['stalled', 'costly'],
  ],
  ['the limit of another step', {}, [group('slow', 'ttft', 1, 'other')], []],
  ['a burst is no flag of one attempt', {}, [group('burst', 'failures in a row', 0), group('drift', 'ttft', 0)], []],
  ['a failed one is failed, whatever else', { outcome: 'failed' }, [group('slow', 'ttft', 1)], ['failed']],
  ['one that was cut', { outcome: 'cut' }, [group('slow', 'ttft', 1)], []],
  ['nothing said', { warnings: ['empty_reply'], ttftMs: null, reply: '' }, [], ['empty']],
  ['a loop', { reply: LOOP }, [], ['loop']],
  ['a reply of the most tokens', { finishReason: 'length' }, [], ['truncated']],
  ['a block of code that stays open', { reply: 'Here it is:\n```js\nlet a =' }, [], ['truncated']],
  ['a refusal', { reply: 'I am sorry, but I cannot help with that.' }, [], ['refusal']],
  ['an error page is no text of a model', { ttftMs: null, reply: LOOP }, [], []],
])('%s', (_, own, groups, flags) => {
  expect(flagsOf({ ...attempt, ...own }, groups)).toEqual(flags)
})
