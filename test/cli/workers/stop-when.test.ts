/** `stopWhen` of a run that several processes make, in virtual time: the whole ends as one process that makes the same load. */
import { describe, expect, test } from 'vitest'
import { SecondReader } from '../../../src/cli/workers/figures.ts'
import { wholeResult } from '../../../src/cli/workers/whole-result.ts'
import { WholeWatch } from '../../../src/cli/workers/whole-watch.ts'
import { goBy, now } from '../../../src/clock.ts'
import type { Control } from '../../../src/engine/schedule/control.ts'
import type { StopFinding } from '../../../src/engine/stop/stop-watch.ts'
import type { Result } from '../../../src/result/schema.ts'
import { planOf, type RunInput, runScenario } from '../../support/run.ts'
import { queue, steady, stopScenario } from '../../support/stop-targets.ts'
import type { MemoryTarget } from '../../support/virtual.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

/** Runs a scenario in so many processes, which the first one follows as a run with `--workers` does, and returns the result of the whole. */
async function ran(count: number, target: MemoryTarget, own: object): Promise<Result> {
  const input = stopScenario(target, own)
  const controls: Control[] = []
  let rule: StopFinding | undefined
  const watch = new WholeWatch(planOf(input), count, () => {})
  const onEnd = (found?: StopFinding) => {
    rule = found
    if (found) for (const control of controls) control.stopFor(found.when)
  }
  const shareOf = async (index: number) => {
    const reader = new SecondReader()
    const { result } = await runScenario(input, {
      check: false,
      keep: false,
      share: { index, count },
      during: (control) => controls.push(control),
      follow: (run, _, thresholds) => {
        if (index === 0) watch.see(run, thresholds, { isEnded: () => rule !== undefined, onEnd })
        else watch.add(index, structuredClone(reader.read(run, thresholds, now() - run.startedAt)))
      },
      watch: (run) => {
        if (rule) run.stopWatch.endedBy(rule)
        watch.leave(index)
      },
    })
    return ended(index, result)
  }
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  try {
    const [first, ...workers] = await clock.drive(
      Promise.all(count === 1 ? [alone(input)] : Array.from({ length: count }, (_, index) => shareOf(index))),
    )
    if (first === undefined) throw new Error('nothing ran')
    return count === 1 ? first.result : wholeResult(first.result, workers, { count, plan: planOf(input), beganAt: 0 })
  } finally {
    goBack()
  }
}

/** A process that has made its share, or the whole, as the run knows it. */
function ended(index: number, result: Result) {
  const { planned } = result.total.counts
  return { number: index + 1, result, lost: undefined, endedAt: undefined, view: undefined, reportedMs: 0, planned }
}

async function alone(input: RunInput) {
  const { result } = await runScenario(input, { keep: false })
  return ended(0, result)
}

/** How a run ended, and what it counted until then. */
const endOf = ({ verdict, exitCode, exitCodes, reason, windowMs, iterations, total, validity, notes }: Result) => ({
  ...{ verdict, exitCode, exitCodes, reason, windowMs, iterations, counts: total.counts, notes },
  validity: validity.reasons.map(({ level, code }) => `${level} ${code}`),
})

describe.each([3])('%i processes', (count) => {
  test('end a saturated run with the words, the figures and the counts of one', async () => {
    const scenario = { load: [{ rate: '10/s', for: '20m', arrivals: 'poisson' }], stopWhen: 'saturated', graceful: '1s' }
    const [whole, one] = [await ran(count, queue(), scenario), await ran(1, queue(), scenario)]
    expect(one.reason).toMatch(/^ended early after \S+, saturated: \d+ in flight, /)
    expect(one.iterations.dropped).toBeGreaterThan(9000)
    expect(endOf(whole)).toEqual(endOf(one))
    expect(whole.stopWhen).toEqual([{ ...one.stopWhen?.[0], figures: expect.objectContaining({ inFlight: expect.any(Number) }) }])
    expect(whole.total.counts.cut).toBeGreaterThan(0)
  })

  test('end a saturated run whose check fails over all of them, though not in the first', async () => {
    const ask = (status: number) => [{ request: { json: {} }, name: `ask-${status}`, expect: [{ status, name: 'fine' }] }]
    const scenario = {
      load: [{ rate: '10/s', for: '20m', arrivals: 'poisson' }],
      steps: [{ if: `iteration.index % ${count} == 0`, then: ask(200), else: ask(404) }],
      thresholds: ['checks{check=fine} ratio > 70%', 'errors ratio < 99%', 'checks ratio > 1%'],
      stopWhen: { when: 'saturated', failing: true },
      graceful: '1s',
    }
    const [whole, one] = [await ran(count, queue(), scenario), await ran(1, queue(), scenario)]
    expect(one.stopWhen).toMatchObject([{ ended: true }])
    expect(endOf(whole)).toEqual(endOf(one))
  })

  test('end a settled run, in its last phase alone, and leave what monitors to the result', async () => {
    const scenario = {
      load: [
        { rate: '50/s', for: '20s', warmup: true },
        { rate: '50/s', for: '1m' },
        { rate: '50/s', for: '2h' },
      ],
      thresholds: [
        'response_time p95 < 400ms',
        { threshold: 'errors ratio < 5%', window: '1m' },
        'checks{check=fine} ratio > 9%',
      ],
      steps: [{ request: { json: {} }, name: 'ask', expect: [{ status: 200, name: 'fine' }] }],
      stopWhen: [{ when: 'settled', ci: '1%', mode: 'monitor' }, 'settled'],
    }
    const [whole, one] = [await ran(count, steady(), scenario), await ran(1, steady(), scenario)]
    expect([one.verdict, one.stopWhen?.map(({ ended }) => ended)]).toEqual(['passed', [false, true]])
    expect(one.windowMs).toBeLessThan(700_000)
    expect(endOf(whole)).toEqual(endOf(one))
    expect(whole.stopWhen).toEqual(one.stopWhen)
  })

  test('go on while only one of them would end', async () => {
    const load = [{ rate: '6/s', for: '5m', arrivals: 'poisson' }]
    const { verdict, windowMs, stopWhen } = await ran(count, queue(), { load, stopWhen: ['saturated'] })
    expect([verdict, windowMs]).toEqual(['passed', 300_000])
    expect(stopWhen).toEqual([
      { when: 'saturated', mode: 'enforce', metAtMs: null, ended: false, text: 'was not met', figures: {} },
    ])
  })
})
