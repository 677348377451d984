/** Lines of StatsD, added up by a receiver as a server of it does. */

import { createSocket } from 'node:dgram'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { datadog, statsd } from '../../src/export/kinds/statsd.ts'
import type { ExportSnapshot } from '../../src/export/points/point.ts'
import { snapshotOf } from '../../src/export/points/snapshot.ts'
import type { Output } from '../../src/export/send/output.ts'
import { note, packetsOf, type SentSeries, type StatsdForm, statsdLines } from '../../src/export/text/statsd.ts'
import { atOnce } from '../../src/pieces.ts'
import type { Result } from '../../src/result/schema.ts'
import { counts, distribution, HOSTILE, RESULTS, slice } from '../report/results.ts'

/** The lines for a state, and what is sent once they have gone out. */
function linesOf(state: ExportSnapshot, form: StatsdForm, before: SentSeries = new Map()) {
  const all = atOnce(statsdLines(state, form, before))
  const sent: SentSeries = new Map(Array.from(before, ([key, steps]) => [key, new Map(steps)]))
  for (const line of all) note(sent, line)
  return { lines: all.flatMap(({ text }) => text.split('\n')), sent }
}
const BY = { isTyped: true, environment: {} }
const stateOf = (result: Result): ExportSnapshot => atOnce(snapshotOf(result))

/** The grammar of a line: name, value, type, rate, tags. */
const LINE =
  /^(?<name>[\w.-]+):(?<value>-?\d+(?:\.\d+)?)\|(?<type>c|g|ms|d)(?:\|@(?<rate>\d+(?:\.\d+)?))?(?:\|#(?<tags>[^|#\s]+))?$/u

/** Adds up what comes: counters, the last gauges, and the samples of timers. */
class Server {
  readonly counters = new Map<string, number>()
  readonly gauges = new Map<string, number>()
  readonly samples = new Map<string, { count: number; sum: number }>()

  take(line: string): void {
    const { name, value, type, rate = '1', tags = '' } = LINE.exec(line)?.groups ?? {}
    if (name === undefined) throw new Error(`no line of StatsD: ${JSON.stringify(line)}`)
    const key = `${name} ${tags}`
    if (type === 'c') this.counters.set(key, (this.counters.get(key) ?? 0) + Number(value))
    else if (type === 'g') this.gauges.set(key, Number(value))
    else {
      const { count, sum } = this.samples.get(key) ?? { count: 0, sum: 0 }
      const n = Math.round(1 / Number(rate))
      this.samples.set(key, { count: count + n, sum: sum + n * Number(value) })
    }
  }

  total(map: ReadonlyMap<string, number>, wanted: RegExp): number {
    return [...map].reduce((sum, [key, value]) => sum + (wanted.test(key) ? value : 0), 0)
  }
}

const grown = (ok: number, failed: number, count: number): Result => {
  const ttfb = distribution(10, 20, 30, count)
  return { ...RESULTS.fine, steps: [{ name: 'a', kind: 'message', checks: [], ...slice(counts(ok, failed), { ttfb }) }] }
}

describe.each<StatsdForm>(['statsd', 'datadog'])('%s', (form) => {
  test('bounds from below and from above are two series', () => {
    const [known] = RESULTS.fine.thresholds
    const thresholds = ['<', '>', '<=', '>='].map((sign, i) => ({ ...known, threshold: `errors count ${sign} 1`, observed: i }))
    const server = new Server()
    for (const line of linesOf(stateOf({ ...RESULTS.fine, thresholds } as Result), form).lines) server.take(line)
    const values = ['lt', 'gt', 'le', 'ge'].map((word) =>
      [...server.gauges].filter(([key]) => key.includes('thresholds.value') && key.includes(`errors_count_${word}_1`)),
    )
    expect(values.map((found) => found.map(([, value]) => value))).toEqual([[0], [1], [2], [3]])
  })

  test.each(Object.keys(RESULTS) as (keyof typeof RESULTS)[])('%s: counters and samples are those of the result', (name) => {
    const server = new Server()
    const result = RESULTS[name]
    for (const line of linesOf(stateOf(result), form).lines) server.take(line)
    const ok = form === 'datadog' ? /^burn\.attempts .*burn\.outcome:ok/ : /^burn\.attempts\..*\.ok /
    expect(server.total(server.counters, ok)).toBe(result.steps.reduce((sum, step) => sum + step.counts.ok, 0))
    const samples = [...server.samples].filter(([key]) => /^burn\.response_time[. ]/.test(key))
    const expected = result.steps.reduce((sum, step) => sum + (step.distributions.response_time?.count ?? 0), 0)
    expect(samples.reduce((sum, [, { count }]) => sum + count, 0)).toBe(expected)
  })

  test('states one after the other add up to the last one', () => {
    const server = new Server()
    const [first, second] = [stateOf(grown(3, 1, 3)), stateOf(grown(1200, 5, 1200))]
    const before = linesOf(first, form)
    for (const line of [...before.lines, ...linesOf(second, form, before.sent).lines]) server.take(line)
    expect(server.total(server.counters, /^burn\.attempts/)).toBe(1205)
    const [samples] = [...server.samples].flatMap(([key, found]) => (/^burn\.ttfb/.test(key) ? [found] : []))
    expect(samples?.count).toBe(1200)
    const point = second.metrics.find(({ row }) => row.name === 'burn.ttfb')?.points[0]
    const steps = point && 'spread' in point ? point.spread.steps : []
    const sum = steps.reduce((all, step) => all + step.sum * 1000, 0)
    expect(samples?.sum).toBeCloseTo(sum, 3)
  })

  test('steps whose names are alike in this form are sent together', () => {
    const server = new Server()
    const [step] = grown(7, 0, 7).steps
    const steps = step
      ? [
          { ...step, name: 'a b' },
          { ...step, name: 'a|b' },
        ]
      : []
    const state = stateOf({ ...RESULTS.fine, steps })
    const before = linesOf(state, form)
    for (const line of [...before.lines, ...linesOf(state, form, before.sent).lines]) server.take(line)
    expect(server.total(server.counters, /^burn\.attempts/)).toBe(14)
    expect([...server.samples].flatMap(([key, { count }]) => (/^burn\.ttfb/.test(key) ? [count] : []))).toEqual([14])
  })

  test('the same state once more is sent by its gauges alone', () => {
    const state = stateOf(RESULTS.fine)
    const { lines } = linesOf(state, form, linesOf(state, form).sent)
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter((line) => !/\|g/.test(line))).toEqual([])
  })

  test('names of others make no lines and no tags', () => {
    const [step] = RESULTS.fine.steps
    const server = new Server()
    const name = `${HOSTILE}|c|#a:b,c:d\nx:1|c`
    for (const line of linesOf(stateOf({ ...RESULTS.fine, steps: step ? [{ ...step, name }] : [] }), form).lines)
      server.take(line)
    expect([...server.counters.keys()].filter((key) => key.startsWith('x'))).toEqual([])
    for (const key of server.counters.keys()) expect(key.split(',').length, key).toBeLessThanOrEqual(4)
  })
})

test('StatsD takes a sign for a change: a gauge below zero is set to zero first', () => {
  const row = { ...stateOf(RESULTS.fine).metrics[0]?.row, name: 'g', kind: 'gauge' } as ExportSnapshot['metrics'][number]['row']
  const state = { ...stateOf(RESULTS.fine), metrics: [{ row, points: [{ attributes: {}, value: -2 }] }] }
  expect(linesOf(state, 'statsd').lines).toEqual(['g:0|g', 'g:-2|g'])
  expect(linesOf(state, 'datadog').lines).toEqual(['g:-2|g|#'])
})

test.each([
  [1e-7, '0.0000001'],
  [2.5e-12, '0.0000000000025'],
  [-1e-30, '-0'],
  [1e21, '1000000000000000000000'],
  [0.5, '0.5'],
])('%d has no exponent', (value, written) => {
  const state = stateOf(RESULTS.fine)
  const rows = (['sum', 'gauge'] as const).map((kind) => ({ ...state.metrics[0]?.row, name: kind, kind }))
  const metrics = rows.map((row) => ({ row, points: [{ attributes: {}, value }] })) as unknown as ExportSnapshot['metrics']
  const { lines } = linesOf({ ...state, metrics }, 'datadog')
  expect(lines).toEqual([...(value > 0 ? [`sum:${written}|c|#`] : []), `gauge:${written}|g|#`])
})

test('packets hold every line that fits, in order, and none is too large', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'ü', '漢') })),
      fc.integer({ min: 5, max: 90 }),
      (texts, max) => {
        const lines = texts.map((text) => ({ text }))
        const { packets, tooLong } = atOnce(packetsOf(lines, max))
        const [fit, others] = [true, false].map((fits) => lines.filter(({ text }) => Buffer.byteLength(text) <= max === fits))
        expect([packets.flat(), tooLong]).toEqual([fit, others])
        const sizes = packets.map((packet) => Buffer.byteLength(packet.map(({ text }) => text).join('\n')))
        for (const size of sizes) expect(size).toBeLessThanOrEqual(max)
        // The first line of a packet did not fit into the one before.
        for (const [i, size] of sizes.slice(0, -1).entries())
          expect(size + 1 + Buffer.byteLength(packets[i + 1]?.[0]?.text ?? '')).toBeGreaterThan(max)
      },
    ),
  )
})

describe('over UDP', () => {
  async function receiver() {
    const socket = createSocket('udp4')
    const packets: string[] = []
    socket.on('message', (packet) => packets.push(packet.toString()))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    onTestFinished(() => void socket.close())
    return { where: `127.0.0.1:${socket.address().port}`, packets }
  }
  const openFor = async (planned: { open: (folder: string) => Promise<Output> }) => {
    const output = await planned.open('.')
    onTestFinished(() => output.close?.())
    return output
  }

  test.each([
    [statsd, 'statsd'],
    [datadog, 'datadog'],
  ] as const)('%#: every line arrives, in packets of one frame', async (kind, key) => {
    const { where, packets } = await receiver()
    const output = await openFor(kind.parse({ [key]: where }).plan(BY))
    const state = stateOf(RESULTS.fine)
    expect(await output.send(state, new AbortController().signal)).toEqual({ error: null })
    const { lines } = linesOf(state, key)
    await expect.poll(() => packets.join('\n').split('\n').length).toBe(lines.length)
    expect(packets.join('\n').split('\n')).toEqual(lines)
    for (const packet of packets) expect(Buffer.byteLength(packet)).toBeLessThanOrEqual(1432)
  })

  test('where nobody listens the state is lost', async () => {
    const output = await openFor(statsd.parse({ statsd: '127.0.0.1:9' }).plan(BY))
    const { error } = await output.send(stateOf(RESULTS.fine), new AbortController().signal)
    expect(error).toMatch(/refused/i)
  })

  test('what was taken before a failure is not sent again, and the rest is', async () => {
    const { where, packets } = await receiver()
    const output = await openFor(datadog.parse({ datadog: where }).plan(BY))
    const [step] = grown(7, 2, 700).steps
    const steps = step ? Array.from({ length: 30 }, (_, i) => ({ ...step, name: `step-${i}` })) : []
    const state = stateOf({ ...RESULTS.fine, steps })
    const signal = new AbortController().signal
    // It is asked once before each packet.
    let asked = 0
    const atSixth = vi.spyOn(signal, 'aborted', 'get').mockImplementation(() => ++asked > 5)
    expect(await output.send(state, signal)).toMatchObject({ error: expect.stringContaining('given up') })
    await expect.poll(() => packets.length).toBe(5)
    atSixth.mockRestore()
    expect(await output.send(state, signal)).toEqual({ error: null })
    const [server, all] = [new Server(), new Server()]
    const { lines } = linesOf(state, 'datadog')
    for (const line of lines) all.take(line)
    await expect.poll(() => packets.at(-1)).toContain(lines.at(-1))
    for (const line of packets.flatMap((packet) => packet.split('\n'))) server.take(line)
    expect(server.counters).toEqual(all.counters)
    expect(server.samples).toEqual(all.samples)
  })

  test('where the name is unknown each state is lost, and said', async () => {
    const output = await openFor(statsd.parse({ statsd: 'nosuch.invalid:8125' }).plan(BY))
    for (let i = 0; i < 2; i += 1) {
      const { error } = await output.send(stateOf(RESULTS.fine), new AbortController().signal)
      expect(error).toMatch(/getaddrinfo \w+ nosuch\.invalid/)
    }
  })

  test.each(['x:0', 'x:99999', 'a b', 'http://x', '[::1', ''])('%j is no address', (where) => {
    expect(statsd.safeParse({ statsd: where }).success).toBe(false)
  })
  test.each(['x', 'x:1', '[::1]:8125', '[::1]'])('%j is an address', (where) => {
    expect(datadog.parse({ datadog: where }).plan(BY).to).toBe(where)
  })
})
