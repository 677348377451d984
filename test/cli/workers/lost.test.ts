/** What a lost worker had in flight is cut, in all that its part of the run holds. */
import { expect, test } from 'vitest'
import { partOfLost } from '../../../src/cli/workers/lost.ts'
import { wholeResult } from '../../../src/cli/workers/whole-result.ts'
import { runScenario } from '../../../src/engine/run-scenario.ts'
import { Control } from '../../../src/engine/schedule/control.ts'
import { inTurns } from '../../../src/pieces.ts'
import type { Result } from '../../../src/result/schema.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { planOf, type RunInput } from '../../support/run.ts'
import { MemoryTarget, runVirtual } from '../../support/virtual.ts'

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

test('the reason of the run says how its worker ended, and what is not known of it', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 1000 }) })
  const input = (load: object): RunInput => ({
    name: 's',
    target: { url: target.url },
    steps: [{ name: 'ask', request: { json: {} } as never }],
    load: [load] as never,
  })
  const wholeOf = async (load: object, endedAt: number, waiting = 0) => {
    const { result: own } = await runVirtual(input(load), { share: { index: 0, count: 2 }, check: false })
    let checkpoint: Promise<{ made: Result | undefined }> | undefined
    await runVirtual(input(load), {
      share: { index: 1, count: 2 },
      check: false,
      follow: ({ recorder }, make) => {
        if (recorder.timeline.latest?.atMs === 2000) checkpoint = inTurns(make())
      },
    })
    const result = (await checkpoint)?.made
    const planned = (result?.total.counts.planned ?? 0) + 2
    const worker = { number: 2, result, lost: 'it was ended by SIGKILL', planned, reportedMs: 3400, endedAt: 100 + endedAt }
    return wholeResult(own, [{ ...worker, view: { waiting } }], { count: 2, plan: planOf(input(load)), beganAt: 100 })
  }
  const open = await wholeOf({ rate: '20/s', for: '5s' }, 4200)
  expect(open.validity.reasons.map(({ code }) => code)).toEqual(['worker_lost', 'cut'])
  expect(open.exitCode).toBe(4)
  expect(open.reason).toMatch(
    /^worker 2 of 2: it was ended by SIGKILL 4.2s into the run; what became of 2 of its attempts is not known; what it began after its last report \(at 3.4s\) is in no count: by its timetable, up to 8 iterations, and any further steps or retries of those under way: the load that it was to make from then on is missing; part 2\/2: /,
  )
  expect((await wholeOf({ rate: '20/s', for: '5s' }, 4200, 5)).reason).toContain(
    'by its timetable, up to 13 iterations, and any further',
  )
  // No iteration was due, and still a step of one under way may have been sent.
  expect((await wholeOf({ rate: '20/s', for: '5s' }, 3400)).reason).toContain(
    'is in no count: by its timetable, no iteration, and any further steps or retries of those under way: ',
  )
  expect((await wholeOf({ users: 4, for: '5s' }, 4200)).reason).toContain('(at 3.4s) is in no count: the load')
})
