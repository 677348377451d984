/** What stands out in a run: failures, slow replies, a model that repeats itself, steps that nobody came to. */
/** What stands out in a run: failures, slow replies, a model that repeats itself, steps that nobody came to. */
import { expect, test } from 'vitest'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { faulty } from './targets.ts'

test.each([
  [[100, 200, 300], 1000, 0],
  [[100, 2000, 3000], 1000, 2],
  [[100, 2000, 3000], 50, 3],
  [[1500, 1500], 1500, 0],
  [[], 5, 0],
])('of %j, above %i: %i', (values, bound, count) => {
  const histogram = new Histogram('ms')
  for (const value of values) histogram.record(value)
  expect(histogram.countAbove(bound)).toBe(count)
})

test('a run counts them, and names the steps that no iteration came to', async () => {
  let count = 0
  const { url } = await faulty({
    '/chat': (socket) => {
      count += 1
      if (count === 4) socket.write('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n')
      else socket.write(reply('{"text":"the same"}', { 'content-type': 'application/json' }))
    },
  })
  const { result } = await runScenario({
    name: 'anomalies',
    target: { url: `${url}/chat`, dialect: 'generic', response: { text: '$.text' } },
    load: [{ users: 1, iterations: 2 }],
    steps: [
      { message: 'one' },
      { message: 'two' },
      { message: 'three' },
      { if: 'iteration.index > 99', then: [{ message: 'never', name: 'late' }] },
    ],
  })
  // The third and second of the first iteration, the last of the second.
  expect(result.anomalies).toEqual({ failed: 1, slow: 0, repeated: 3 })
  expect([result.anomaliesDetected, result.errorTypes]).toEqual([4, 1])
  expect(result.notes).toContain('never sent: late; no iteration came to it')
})
