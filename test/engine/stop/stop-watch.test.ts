/** `stopWhen:` in virtual time: what ends a run early, what does not, and what the result says of it. */
import { describe, expect, test } from 'vitest'
import { queue, steady, stopScenario } from '../../support/stop-targets.ts'
import { type MemoryTarget, runVirtual } from '../../support/virtual.ts'

async function ran(target: MemoryTarget, own: object) {
  const { result } = await runVirtual(stopScenario(target, own) as never)
  return { ...result, rules: result.stopWhen ?? [] }
}

const overload = { load: [{ rate: '10/s', for: '20m', arrivals: 'poisson' }] }

describe('saturated', () => {
  test('a target that takes in less than comes ends the run, which has failed although all thresholds held', async () => {
    const { verdict, exitCode, reason, rules, windowMs, thresholds, iterations, notes } = await ran(queue(), {
      ...overload,
      stopWhen: 'saturated',
    })
    expect(thresholds.map(({ state }) => state)).toEqual(['passed'])
    expect([verdict, exitCode]).toEqual(['failed', 1])
    expect(reason).toMatch(
      /^ended early after \S+, saturated: \d+ in flight, [\d.]+ more each second; response_time [\d.]+s, [\d.]+ms more each second$/,
    )
    expect(notes).toContain(reason)
    expect(windowMs).toBeLessThan(180_000)
    expect(rules).toMatchObject([{ when: 'saturated', mode: 'enforce', ended: true, metAtMs: windowMs }])
    expect(rules[0]?.figures.inFlightSlope).toBeGreaterThan(1)
    expect(rules[0]?.figures.inFlightSlopeLow).toBeGreaterThan(0)
    expect(iterations.dropped).toBeGreaterThan(9000)
  })

  test('a short graceful cuts much of what is in flight; the run has failed all the same', async () => {
    const cutOff = async (stopWhen: object | undefined) => {
      const load = [{ rate: '10/s', for: stopWhen ? '20m' : '3m', arrivals: 'poisson' }]
      const { verdict, exitCode, validity, total } = await ran(queue(), { load, graceful: '1s', stopWhen })
      expect(total.counts.cut / total.counts.planned).toBeGreaterThan(0.1)
      return [verdict, exitCode, validity.state, validity.reasons.map(({ level, code }) => `${level} ${code}`)]
    }
    expect(await cutOff({ when: 'saturated' })).toEqual(['failed', 1, 'degraded', ['degraded cut']])
    expect(await cutOff(undefined)).toEqual(['invalid', 4, 'invalid', ['invalid cut']])
  })

  test('a load that the target can take goes on to its end', async () => {
    const { verdict, windowMs, rules } = await ran(queue(), {
      load: [{ rate: '6/s', for: '20m', arrivals: 'poisson' }],
      stopWhen: ['saturated'],
    })
    expect([verdict, windowMs]).toEqual(['passed', 1_200_000])
    expect(rules).toEqual([{ when: 'saturated', mode: 'enforce', metAtMs: null, ended: false, text: 'was not met', figures: {} }])
  })

  test('a ramp of users, each with a longer wait, is no growth without end', async () => {
    const load = [
      { users: { from: 1, to: 80 }, for: '4m' },
      { rate: '6/s', for: '1m' },
    ]
    const { windowMs, rules, total } = await ran(queue(), { load, stopWhen: 'saturated' })
    expect(total.distributions.response_time?.max).toBeGreaterThan(2500)
    expect([windowMs, rules[0]?.metAtMs]).toEqual([300_000, null])
  })

  test('monitored, it is noted and the run goes on; so it does while no threshold fails, if that is asked for', async () => {
    const monitored = await ran(queue(), {
      load: [{ rate: '10/s', for: '4m' }],
      stopWhen: { when: 'saturated', mode: 'monitor' },
    })
    expect([monitored.verdict, monitored.windowMs]).toEqual(['passed', 240_000])
    expect(monitored.notes).toContainEqual(expect.stringMatching(/^saturated after .* \(stopWhen only monitors it\)$/))
    const failing = { stopWhen: { when: 'saturated', failing: true }, load: [{ rate: '10/s', for: '4m' }] }
    expect((await ran(queue(), failing)).windowMs).toBe(240_000)
    const thresholds = ['response_time p95 < 2s']
    expect((await ran(queue(), { ...failing, thresholds })).windowMs).toBeLessThan(180_000)
  })
})

describe('settled', () => {
  const long = { load: [{ rate: '50/s', for: '2h' }], stopWhen: 'settled' }

  test('ends the run once the metrics of the thresholds are known; their verdict counts', async () => {
    const { verdict, windowMs, rules, notes, thresholds, iterations } = await ran(steady(), {
      ...long,
      thresholds: ['response_time p95 < 400ms'],
    })
    expect(verdict).toBe('passed')
    expect(windowMs).toBeLessThan(600_000)
    expect(rules).toMatchObject([{ when: 'settled', ended: true, figures: { 'response_time p95': expect.closeTo(300, -2) } }])
    expect(notes).toContainEqual(
      expect.stringMatching(/^ended early after \S+, settled: response_time p95 [\d.]+ms ± [\d.]+ % over \d+ batches of \S+$/),
    )
    expect(thresholds[0]?.fewSamples).toBe(false)
    expect(iterations.dropped).toBe(0)
    const failed = await ran(steady(), { ...long, thresholds: ['response_time p95 < 200ms'] })
    expect([failed.verdict, failed.windowMs < 600_000]).toEqual(['failed', true])
  })

  test('a value of 0 that never changes is known to ± 0 %', async () => {
    const { rules } = await ran(steady(), { ...long, stopWhen: { when: 'settled', metric: 'queue_wait avg' } })
    expect(rules).toMatchObject([{ ended: true, text: 'queue_wait avg 0ms ± 0 % over 10 batches of 1s' }])
  })

  test('waits for a threshold that has too few samples, and for a window that is not full', async () => {
    const load = [{ rate: '50/s', for: '10m' }]
    const rare = ['response_time p95 < 400ms', 'response_time p99.99 < 10s']
    expect(
      (await ran(steady(), { ...long, load, thresholds: rare, stopWhen: { when: 'settled', metric: 'response_time p95' } }))
        .windowMs,
    ).toBe(600_000)
    const windowed = ['response_time p95 < 400ms', { threshold: 'errors ratio < 5%', window: '5m' }]
    const { windowMs } = await ran(steady(), { ...long, load, thresholds: windowed })
    expect(windowMs).toBeGreaterThanOrEqual(300_000)
    expect(windowMs).toBeLessThan(600_000)
  })

  test('only in the last phase, by what came in it', async () => {
    const load = [
      { rate: '50/s', for: '5m', name: 'first' },
      { rate: '50/s', for: '2h', name: 'second' },
    ]
    const { phases, verdict } = await ran(steady(), { ...long, load, thresholds: ['response_time p95 < 400ms'] })
    expect(verdict).toBe('passed')
    expect(phases.map(({ windowMs }) => windowMs)).toEqual([300_000, expect.any(Number)])
    expect(phases[1]?.windowMs).toBeGreaterThan(35_000)
    expect(phases[1]?.windowMs).toBeLessThan(600_000)
  })
})
