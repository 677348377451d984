/** The run in virtual time: schedules, deadlines and counts, exact to the last digit. */
import { expect, test } from 'vitest'
import { MemoryTarget, runVirtual } from '../support/virtual.ts'

const step = (more: object = {}) => ({ request: { say: 'x' }, name: 'ask', ...more })

test('a constant rate starts on its timetable for an hour, to the digit', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 5, pieces: [[10, 'a']] }) })
  const { result, attempts, timersLeft } = await runVirtual({
    name: 'hour',
    target: { url: target.url, protocol: 'memory' as never },
    load: [{ rate: '2/s', for: '1h' }],
    steps: [step() as never],
  })
  expect(result.total.counts).toMatchObject({ planned: 7200, ok: 7200 })
  expect(target.requests).toHaveLength(7200)
  const [first] = attempts
  expect(attempts.map(({ exchange }) => exchange.sentAt - (first?.exchange.sentAt ?? 0))).toEqual(
    Array.from({ length: 7200 }, (_, i) => i * 500),
  )
  expect(result.total.distributions.service_time).toMatchObject({ min: 15, max: 15, mean: 15 })
  expect(result.generator.lag).toMatchObject({ max: 0 })
  expect([timersLeft, target.open]).toEqual([0, 0])
})
