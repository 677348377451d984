/** 1000 arrivals a second: every one is planned, starts on time, and reaches the target. */
import { expect, test } from 'vitest'
import { HEALTH, threadMock } from '../engine/targets.ts'
import { onQuietMachine } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'

test.for(['constant', 'poisson'] as const)('%s, 1000/s for 5 s', { timeout: 120_000 }, (arrivals, context) =>
  onQuietMachine(context, () => provesTimetable(arrivals)),
)

/** A machine that is shared with others may have no time for 1000 requests a second: then arrivals are dropped, and told. */
async function provesTimetable(arrivals: 'constant' | 'poisson'): Promise<void> {
  const mock = await threadMock({})
  const { result, attempts } = await runScenario(
    {
      name: 'timetable',
      target: { url: mock.url },
      load: [{ rate: '1000/s', for: '5s', arrivals, maxUsers: 100 }],
      steps: HEALTH,
    },
    { seed: '7' },
  )
  const { planned, started, ok, dropped } = result.total.counts
  if (arrivals === 'constant') expect(planned).toBe(5000)
  else expect(Math.abs(planned - 5000)).toBeLessThan(4 * Math.sqrt(5000))
  expect({ started, ok, dropped }).toEqual({ started: planned, ok: planned, dropped: 0 })
  expect((await mock.stats()).requests).toBe(planned)
  expect(result.generator.lag).toMatchObject({ count: planned })
  expect(result.generator).toMatchObject({ plannedArrivals: planned, startedArrivals: planned })
  // How late they start is the machine's doing as well: `npm run bench` prints it. Never early is ours.
  for (const { exchange } of attempts) expect(exchange.sentAt).toBeGreaterThanOrEqual(exchange.intended)
}
