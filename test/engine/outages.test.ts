/** When a target gave no success, in whole runs of virtual time. */
import { expect, test } from 'vitest'
import { runFacts } from '../../src/report/console/totals.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { MemoryTarget, runVirtual } from '../support/virtual.ts'

/** Answers after 10 ms, ten times a second; the requests of these numbers with 503. */
const away = (from: number, to: number) =>
  new MemoryTarget({ reply: (_, n) => ({ headMs: 10, status: n >= from && n < to ? 503 : 200, pieces: [[0, '{}']] }) })

async function run(target: MemoryTarget, thresholds: string[]) {
  const { result } = await runVirtual({
    name: 'outages',
    target: { url: target.url },
    load: [{ rate: '10/s', for: '6s' }],
    steps: [{ request: { path: '/' } }],
    thresholds: ['errors ratio < 99%', ...thresholds],
  })
  const facts = runFacts(result, (text) => text)
  return { result, text: facts.find(({ name }) => name === 'outages')?.text ?? '' }
}

test('a target that goes away and comes back: how long, and when the first success came', async () => {
  const thresholds = ['traffic.outage max < 1s', 'traffic.outage count == 1', 'traffic.outage{target=target} mean < 3s']
  const { result, text } = await run(away(20, 40), thresholds)
  expect(result.outages).toMatchObject([
    {
      ...{ target: 'target', count: 1, longestMs: 2010, longestFromMs: 2000, longestFailures: 20 },
      listed: [{ fromMs: 2000, untilMs: 4010, failures: 20, injected: 0, class: 'http_status' }],
    },
  ])
  expect(result.thresholds.slice(1).map(({ state, observed }) => [state, observed])).toEqual([
    ['failed', 2010],
    ['passed', 1],
    ['passed', 2010],
  ])
  expect(text).toBe('no success for 2.01s from 2s on (20 failures in a row), the first again at 4.01s')
})

test('one that does not come back, and one without outages', async () => {
  const gone = await run(away(50, 100), ['traffic.outage max < 500ms'])
  expect(gone.result.outages).toMatchObject([{ longestMs: 910, listed: [{ untilMs: null }] }])
  expect(gone.result.thresholds[1]).toMatchObject({ state: 'failed', observed: 910 })
  expect(gone.text).toBe('no success for 910ms from 5s on (10 failures in a row), none after that')
  const well = await run(away(0, 0), ['traffic.outage max < 1ms'])
  expect(well.result).not.toHaveProperty('outages')
  expect(well.result.thresholds[1]).toMatchObject({ state: 'passed', observed: 0 })
  expect(well.text).toBe('')
})

test('a short outage stands in the result alone', async () => {
  const { result, text } = await run(away(20, 23), [])
  expect(result.outages).toMatchObject([{ count: 1, longestMs: 310 }])
  expect(text).toBe('')
})

test.each([
  ['traffic.outage max < 5s', []],
  ['traffic.outage p95 < 5s', ['there is no percentile of traffic.outage']],
  ['traffic.outage{step=step-1} max < 5s', ['traffic.outage is of a whole target: step does not go with it']],
])('validate says of %s: %j', (threshold, expected) => {
  const scenario = { name: 'x', target: { url: 'http://h/' }, steps: [{ message: 'm' }], thresholds: [threshold] }
  expect(
    validateScenario(JSON.stringify(scenario), 's.json').problems.flatMap(({ severity, message }) =>
      severity === 'error' ? message : [],
    ),
  ).toEqual(expected)
})
