/** The exported metrics of a result: no number of it is lost, and none appears twice. */
import { describe, expect, test } from 'vitest'
import type { ExportPoint } from '../../src/export/points/point.ts'
import { snapshotOf } from '../../src/export/points/snapshot.ts'
import { atOnce } from '../../src/pieces.ts'
import type { Result } from '../../src/result/schema.ts'
import { counts, distribution, RESULTS, slice } from '../report/results.ts'

const pointsOf = (result: Result, name: string): readonly ExportPoint[] =>
  atOnce(snapshotOf(result)).metrics.find(({ row }) => row.name === name)?.points ?? []
const total = (points: readonly ExportPoint[]) =>
  points.reduce((sum, point) => sum + ('value' in point ? point.value : point.spread.count), 0)
const withAttribute = (points: readonly ExportPoint[], key: string, value: string) =>
  points.filter(({ attributes }) => attributes[key] === value)

const step = (name: string, ok: number) => ({
  name,
  kind: 'request',
  checks: [],
  ...slice(counts(ok, 1), { ttfb: distribution(10, 20, 30, ok) }),
})

describe.each(Object.entries(RESULTS))('%s', (_, result) => {
  test('attempts by outcome are those of the steps', () => {
    const points = pointsOf(result, 'burn.attempts')
    for (const outcome of ['ok', 'failed', 'cut', 'dropped'] as const) {
      const expected = result.steps.reduce((sum, { counts: of }) => sum + of[outcome], 0)
      expect(total(withAttribute(points, 'burn.outcome', outcome)), outcome).toBe(expected)
    }
  })

  test('failures are those of the list of errors', () => {
    expect(total(pointsOf(result, 'burn.failures'))).toBe(result.errors.reduce((sum, { count }) => sum + count, 0))
  })

  test('every sample of a distribution is in exactly one bucket', () => {
    for (const { row, points } of atOnce(snapshotOf(result)).metrics)
      for (const point of points) {
        if (!('spread' in point)) continue
        const { within, steps } = point.spread
        expect(
          steps.reduce((sum, { count }) => sum + count, 0),
          row.name,
        ).toBe(point.spread.count)
        expect(within).toHaveLength(row.bounds.length + 1)
        expect(
          within.reduce((sum, count) => sum + count, 0),
          row.name,
        ).toBe(point.spread.count)
      }
  })

  test('attributes tell the points of a metric apart', () => {
    for (const { row, points } of atOnce(snapshotOf(result)).metrics)
      expect(new Set(points.map(({ attributes }) => JSON.stringify(attributes))).size, row.name).toBe(points.length)
  })
})

test('times are in seconds, and their sum is that of the result', () => {
  const spread = { ...distribution(250, 500, 800, 5), mean: 330, max: 960, min: 125 }
  const result = { ...RESULTS.fine, steps: [{ ...step('a', 5), distributions: { ttfb: spread } }] }
  const [point] = pointsOf(result, 'burn.ttfb')
  expect(point && 'spread' in point && point.spread).toMatchObject({ count: 5, sum: 1.65, min: 0.125, max: 0.96 })
})

test('steps beyond the bound are exported together, and nothing of them is lost', () => {
  const steps = Array.from({ length: 120 }, (_, i) => step(`s${i}`, i + 3))
  const errors = steps.map(({ name }) => ({ ...RESULTS.allErrors.errors[0], step: name, class: 'reset', count: 1 }))
  const result = { ...RESULTS.fine, steps, errors } as Result
  for (const name of ['burn.attempts', 'burn.ttfb', 'burn.failures']) {
    const points = pointsOf(result, name)
    expect(new Set(points.map(({ attributes }) => attributes['burn.step'])).size).toBe(50)
    expect(total(withAttribute(points, 'burn.step', 'other'))).toBeGreaterThan(70)
  }
  expect(total(pointsOf(result, 'burn.attempts'))).toBe(3 * 120 + (120 * 121) / 2)
  expect(total(pointsOf(result, 'burn.ttfb'))).toBe(2 * 120 + (120 * 121) / 2)
  expect(total(pointsOf(result, 'burn.failures'))).toBe(120)
})

describe('points that are written alike', () => {
  const long = 'x'.repeat(250)
  const [threshold] = RESULTS.fine.thresholds

  test('a step named other is among the others', () => {
    const steps = Array.from({ length: 60 }, (_, i) => step(i === 3 ? 'other' : `s${i}`, i + 3))
    const points = pointsOf({ ...RESULTS.fine, steps } as Result, 'burn.attempts')
    const keys = points.map(({ attributes }) => JSON.stringify(attributes))
    expect(new Set(keys).size).toBe(keys.length)
    expect(total(points)).toBe(steps.reduce((sum, { counts: { ok, failed } }) => sum + ok + failed, 0))
  })

  test('checks are added up, and those that begin alike remain apart', () => {
    const checks = [`${long}a`, `${long}b`, 'contains w', 'contains w'].map((check, i) => ({
      check,
      passed: 10 + i,
      failed: 1,
      samples: [],
    }))
    const points = pointsOf({ ...RESULTS.fine, steps: [{ ...step('a', 3), checks }] } as Result, 'burn.checks')
    const passed = withAttribute(points, 'burn.outcome', 'passed')
    expect(passed.map((point) => total([point]))).toEqual([10, 11, 25])
    expect(new Set(passed.map(({ attributes }) => attributes['burn.check'])).size).toBe(3)
    for (const { attributes } of passed) expect(attributes['burn.check']?.length).toBeLessThanOrEqual(200)
  })

  test('a metric has at most a thousand, and how many more there were is known', () => {
    const thresholds = Array.from({ length: 1200 }, (_, i) => ({ ...threshold, threshold: `errors count < ${i}`, observed: 1 }))
    const result = { ...RESULTS.fine, thresholds } as Result
    const cut = atOnce(snapshotOf(result)).metrics.filter(({ row }) => row.name.startsWith('burn.thresholds'))
    expect(cut.map(({ points }) => points.length)).toEqual(cut.map(() => 1000))
    expect(cut.length).toBeGreaterThan(0)
    expect(atOnce(snapshotOf(result)).leftOut).toBe(200 * cut.length)
    expect(atOnce(snapshotOf(RESULTS.fine)).leftOut).toBe(0)
  })

  test('thresholds keep their places, also when one has no number yet', () => {
    const texts = ['errors < 1%', `${long}a`, 'errors < 1%', `${long}b`]
    const observed = [null, 2, 3, 4]
    const thresholds = texts.map((text, i) => ({ ...threshold, threshold: text, observed: observed[i] }))
    const points = pointsOf({ ...RESULTS.fine, thresholds } as Result, 'burn.thresholds.value')
    const found = points.map((point) => [point.attributes['burn.threshold'], total([point])])
    expect(found).toEqual([
      [expect.stringMatching(/^x{191}…[0-9a-f]{8}$/), 2],
      ['errors < 1% #2', 3],
      [expect.stringMatching(/^x{191}…[0-9a-f]{8}$/), 4],
    ])
    expect(found[0]?.[0]).not.toBe(found[2]?.[0])
  })
})

describe('conventions', () => {
  const chat = (more: object): Result => {
    const fields = { name: 'ask', kind: 'message', checks: [], failedServiceTime: distribution(5, 6, 7, 2) }
    const of = slice(counts(9, 2), {
      service_time: distribution(100, 200, 300, 9),
      itl: distribution(1, 2, 3, 90),
      ttfb: distribution(10, 20, 30, 9),
      input_tokens: distribution(10, 20, 30, 9, 'tokens'),
    })
    const target = {
      name: 't',
      url: 'https://ai.example/v1',
      protocol: 'p',
      dialect: 'anthropic',
      client: 'burn',
      insecureTls: false,
    }
    const error = { ...RESULTS.allErrors.errors[0], step: 'ask', class: 'timeout_total', count: 2 }
    const configuration = { scenario: { target: { model: 'm-1' } }, flags: {}, files: [] }
    return { ...RESULTS.fine, target: [target], steps: [{ ...of, ...fields }], errors: [error], configuration, ...more } as Result
  }
  const server = { 'server.address': 'ai.example', 'server.port': '443' }

  test('requests over HTTP have a method, an address, and the class of their failures', () => {
    const http = { 'burn.step': 'ask', ...server, 'http.request.method': 'POST' }
    const points = pointsOf(chat({}), 'http.client.request.duration')
    expect(points.map(({ attributes }) => attributes)).toMatchObject([http, { ...http, 'error.type': '_OTHER' }])
    expect(points[0]?.attributes).not.toHaveProperty('error.type')
    expect(points.map((point) => total([point]))).toEqual([9, 2])
  })

  test('calls of a model have operation, provider and model; tokens their direction', () => {
    const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'm-1' }
    expect(pointsOf(chat({}), 'gen_ai.client.operation.duration')[0]?.attributes).toMatchObject({ ...call, ...server })
    const [input, ...more] = pointsOf(chat({}), 'gen_ai.client.token.usage')
    expect([input?.attributes['gen_ai.token.type'], total(input ? [input] : []), more]).toEqual(['input', 9, []])
    expect(total(pointsOf(chat({}), 'gen_ai.client.operation.time_per_output_chunk'))).toBe(90)
  })

  test('the first chunk is one of a stream: a reply of one piece has none', () => {
    const whole = chat({})
    const steps = whole.steps.map((one) => ({ ...one, distributions: { ...one.distributions, itl: undefined } }))
    expect(pointsOf({ ...whole, steps } as unknown as Result, 'gen_ai.client.operation.time_to_first_chunk')).toEqual([])
  })

  test('nothing is guessed of several targets, or of requests that are not HTTP', () => {
    const { target } = chat({})
    for (const more of [{ target: [...target, ...target] }, { target: target.map(({ client: _, ...rest }) => rest) }])
      expect(pointsOf(chat(more), 'http.client.request.duration')).toEqual([])
    expect(pointsOf(chat({ target: [...target, ...target] }), 'gen_ai.client.operation.duration')).toEqual([])
  })

  test('the method of a request is that of the scenario', () => {
    const steps = [step('list', 3), step('buy', 3), step('odd', 3)].map((one) => ({
      ...one,
      distributions: { service_time: distribution(1, 2, 3, 3) },
    }))
    const written = {
      steps: [
        { name: 'list', request: {} },
        { if: 'x', then: [{ name: 'buy', request: { method: 'put' } }] },
      ],
    }
    const found = pointsOf(
      chat({ steps, configuration: { scenario: written, flags: {}, files: [] } }),
      'http.client.request.duration',
    )
    expect(found.map(({ attributes }) => attributes['http.request.method'])).toEqual(['GET', 'PUT', '_OTHER'])
  })
})
