/** What a lost worker had in flight is cut, in all that its part of the run holds. */
import { expect, test } from 'vitest'
import { partOfLost } from '../../../src/cli/workers/lost.ts'
import { runScenario } from '../../../src/engine/run-scenario.ts'
import { Control } from '../../../src/engine/schedule/control.ts'
import { inTurns } from '../../../src/pieces.ts'
import type { Result } from '../../../src/result/schema.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { planOf } from '../../support/run.ts'

test('counts and counters of groups, thresholds and parts agree', async () => {
  const api = await webhookReceiver(() => 'never')
  const plan = planOf({
    name: 's',
    target: { url: api.url },
    steps: [{ name: 'ask', request: { method: 'GET' } }],
    thresholds: ['errors{step=ask} count < 5'],
    load: [{ users: 6, for: '1h' }],
  })
  const control = new Control()
  let checkpoint: Promise<{ made: Result | undefined }> | undefined
  await runScenario(plan, {
    share: { index: 0, count: 2 },
    control,
    onSecond: (_, make) => {
      checkpoint ??= inTurns(make()).finally(() => control.cancel())
    },
  })
  const made = (await checkpoint)?.made
  expect(made?.total.counts).toMatchObject({ planned: 3, cut: 0 })
  const { total, iterations, shardData } = partOfLost(made as Result)
  const [part, threshold] = [shardData?.parts[0], shardData?.thresholds[0]]
  for (const group of [total, part, threshold?.group])
    expect([group?.counts, group?.counters]).toMatchObject([
      { planned: 3, cut: 3 },
      { planned: 3, cut: 3 },
    ])
  expect([iterations.cut, part?.counters.iterationsCut, shardData?.counters.iterationsCut]).toEqual([3, 3, 3])
})
