import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { isReportFormat, reporters } from '../../src/report/index.ts'
import type { RenderOptions } from '../../src/report/text/reporter.ts'
import type { Result } from '../../src/result/schema.ts'
import { displayWidth } from '../../src/text/display-width.ts'
import { allErrors, counts, distribution, empty, fine, huge, RESULTS, slice, step, thresholdFailed } from './results.ts'
import { parseXml, type XmlElement } from './xml-parser.ts'

const PLAIN: RenderOptions = { color: false, width: 80, unicode: true, directory: 'burn-results/support-chat-20231114-221320' }
const names = Object.keys(RESULTS) as (keyof typeof RESULTS)[]
const everyReport = Object.entries(reporters).flatMap(([format, reporter]) =>
  names.map((name) => [format, name, reporter] as const),
)

const golden = (name: string, extension: string) => join(import.meta.dirname, '..', 'golden', `${name}.${extension}`)

describe('golden reports', () => {
  const shown = everyReport.filter(([format]) => format !== 'json' && format !== 'hlog')
  test.each(shown)('%s of %s', async (format, name, reporter) => {
    await expect(reporter.render(RESULTS[name], PLAIN)).toMatchFileSnapshot(golden(`${format}-${name}`, reporter.extension))
  })
})

describe('every reporter', () => {
  test.each(everyReport)('%s of %s: pure, ends with one line feed, no control characters', (_, name, reporter) => {
    const before = JSON.stringify(RESULTS[name])
    const text = reporter.render(RESULTS[name], PLAIN)
    expect(reporter.render(RESULTS[name], PLAIN)).toBe(text)
    expect(JSON.stringify(RESULTS[name])).toBe(before)
    expect(text).toMatch(/[^\n]\n$/)
    expect(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(text)).toBe(false)
  })

  test('is found by its name', () => {
    expect(isReportFormat('junit')).toBe(true)
    expect(isReportFormat('toString')).toBe(false)
  })
})

describe('console', () => {
  const render = (result: Result, over: Partial<RenderOptions> = {}) => reporters.console.render(result, { ...PLAIN, ...over })
  const linesOf = (result: Result, over: Partial<RenderOptions> = {}) => render(result, over).trimEnd().split('\n')

  test.each(names.flatMap((name) => [40, 60, 80, 120, 200].map((width) => [name, width] as const)))(
    '%s fits %i columns and 40 lines, or as many more as wrapping takes',
    (name, width) => {
      for (const unicode of [true, false]) {
        const lines = linesOf(RESULTS[name], { width, unicode })
        // Where everything went wrong at once, what each list keeps at least takes more.
        const most = { huge: 110, thresholdFailed: width < 80 ? 48 : 42 }[name as string] ?? 40
        expect(lines.length).toBeLessThanOrEqual((most * 80) / Math.min(80, width))
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
      }
    },
  )

  test.each(names)('%s without unicode is ASCII', (name) => {
    expect(render(RESULTS[name], { unicode: false })).toMatch(/^[\x20-\x7e\n]*$/)
  })

  test.each(names)('%s: colour changes nothing but colour', (name) => {
    const coloured = render(RESULTS[name], { color: true })
    expect(coloured).toContain('\x1b[')
    expect(stripVTControlCharacters(coloured)).toBe(render(RESULTS[name]))
  })

  test.each([
    ['passed', 'PASSED'],
    ['failed', 'FAILED'],
    ['invalid', 'INVALID'],
    ['could_not_test', 'COULD NOT TEST'],
    ['aborted', 'ABORTED'],
    ['incomplete', 'INCOMPLETE'],
    ['error', 'ERROR'],
  ] as const)('%s begins with %s, name, duration and reason', (verdict, word) => {
    expect(linesOf({ ...fine, verdict })[0]).toBe(`${word}  support-chat  1m10s · all 2 thresholds met`)
  })

  test('a run that never ended is never shown as passed', () => {
    expect(linesOf({ ...fine, status: 'running' })[0]).toMatch(/^INCOMPLETE {2}/)
  })

  test('percentiles with too few samples are marked, with one legend', () => {
    const marked = linesOf(thresholdFailed)
    expect(marked.filter((line) => line.includes('~ few samples'))).toHaveLength(1)
    expect(marked.find((line) => line.startsWith('  open'))).toContain('~4.1s')
    expect(render({ ...fine, steps: fine.steps.slice(0, 1) })).not.toContain('~')
  })

  test('service time stands beside response time only when they differ', () => {
    expect(render(fine)).not.toMatch(/service|queueing/)
    expect(render(thresholdFailed, { width: 100 })).toMatch(/ service /)
    expect(render(thresholdFailed, { width: 200 })).toContain('p99 with queueing 4.1s, server alone 2.39s')
  })

  test('a usual terminal leaves out service p99, which the line above has, and nothing else', () => {
    const head = (width: number) =>
      linesOf(thresholdFailed, { width })
        .find((line) => line.startsWith('  step'))
        ?.match(/p\d+/g)
    expect([head(80)?.length, head(100)?.length]).toEqual([7, 8])
    expect(render(thresholdFailed)).not.toContain('no room')
  })

  test('the load, what was in flight, the time of day and how it went', () => {
    const text = render(fine)
    expect(text).toContain('load        20/s for 1m, at most 100 users')
    expect(text).toContain('in flight 12.5 mean, 15 peak')
    expect(text).toContain('(http, openai-chat) · 22:13:20 UTC')
    expect(text).toContain('response    p95 over time ▃▃▇█▄▃ 640ms to 2.4s · slowest 2.88s')
    expect(render(fine, { unicode: false })).toContain('response    slowest 2.88s')
  })

  test('a result of an older version, which looked once a second, says nothing of what was in flight', () => {
    const timeline = fine.timeline.map(({ peakInFlight: _, ...interval }) => interval)
    expect(render({ ...fine, timeline })).toMatch(/^ {2}load {8}20\/s for 1m, at most 100 users$/m)
  })

  test('iterations are told of where they are not the attempts over again', () => {
    const { total } = fine
    const iterations = { planned: 1200, completed: 1200, failed: 0, cut: 0, dropped: 0 }
    expect(render({ ...fine, warmup: null, iterations })).not.toContain('iterations')
    expect(render({ ...fine, warmup: null, total, iterations: { ...iterations, completed: 1199, failed: 1 } })).toContain(
      'iterations  1,200 planned = 1,199 completed + 1 failed',
    )
  })

  test('where the numbers came from, and zeros left out', () => {
    const tokens = { input: 10, cachedInput: 0, output: 20, reasoning: 0, sources: { estimate: 1, 'usage per frame': 2 } }
    expect(render({ ...fine, total: { ...fine.total, tokens } })).toMatch(/20 out · 10 in · estimated and counted by the API/)
  })

  test('what the replies cost, in the summary and in Markdown', () => {
    const cost = distribution(0.01, 0.02, 0.04, 3, 'currency')
    const priced = { ...fine, total: { ...fine.total, distributions: { ...fine.total.distributions, cost } } }
    for (const format of ['console', 'md'] as const)
      expect(reporters[format].render(priced, PLAIN)).toMatch(/cost:? +0\.033 for 3 replies ·\s+0\.011 mean, ~0\.02 p95/)
    expect(render(fine)).not.toContain('cost')
  })

  test('an invalid run tells each reason once', () => {
    const reason = { level: 'invalid', code: 'lag', message: 'the generator was late', hint: 'wait' } as const
    const text = render({
      ...fine,
      verdict: 'invalid',
      reason: reason.message,
      validity: { state: 'invalid', reasons: [reason] },
    })
    expect(text.match(/the generator was late/g)).toHaveLength(1)
    expect(text).toMatch(/^INVALID .* the measurement is not valid\n/)
  })

  test('what was cut is counted', () => {
    const text = render(huge)
    for (const what of ['reasons', 'thresholds', 'steps', 'kinds of error', 'notes']) {
      expect(text).toMatch(new RegExp(`… \\d+ more ${what} \\(see result.json\\)`))
    }
  })

  test('nothing is cut that has room', () => {
    const { retries: _retries, ...some } = thresholdFailed
    expect(render({ ...some, errors: [], warmup: null }, { width: 100 })).not.toContain('…')
  })

  test('failed thresholds come first', () => {
    const order = linesOf({ ...thresholdFailed, errors: [] }, { width: 100 })
      .filter((line) => /^ {2}[✓✗!○] /.test(line))
      .map((line) => line.slice(2, 12))
    expect(order).toEqual(['✗ ttft p95', '! response', '✗ response', '○ goodput ', '✓ errors r'])
  })

  test('columns that do not fit beside the others stand below them: none is left out', () => {
    const headers = (width: number) =>
      linesOf(fine, { width })
        .filter((line) => line.startsWith('  step'))
        .map((line) => line.match(/p\d+/g)?.length ?? 0)
    expect([headers(40), headers(60), headers(100)]).toEqual([[2, 3, 2], [5, 2], [7]])
  })

  test.each([40, 80, 120])('messages, reasons and hints are whole in %i columns', (width) => {
    const long = 'the connection was closed before the reply was complete, and nobody knows why it was, again and again and again'
    const reason = { level: 'invalid', code: 'lag', message: `${long} (1)`, hint: `${long} (2)` } as const
    const result: Result = {
      ...allErrors,
      reason: `${long} (3)`,
      validity: { state: 'invalid', reasons: [reason] },
      errors: [{ ...allErrors.errors[0]!, sample: `${long} (4)`, hint: `${long} (5)` }],
      notes: [`${long} (6)`],
    }
    const words = render(result, { width }).replace(/\s+/g, ' ')
    for (let n = 1; n <= 6; n += 1) expect(words).toContain(`${long} (${n})`)
    expect(words).toContain('300 failed')
  })

  test('what went wrong on reused connections is counted beside the hint', () => {
    const [error] = allErrors.errors
    const withReused = (onReused: number) => render({ ...allErrors, errors: [{ ...error!, onReused }] }, { width: 120 })
    expect(withReused(3)).toContain('and the port right? (3 of them on a reused connection)')
    expect(withReused(300)).toContain('and the port right? (all of them on a reused connection)')
  })

  test('connections are told of where they last or something went wrong', () => {
    const told = (over: Partial<Result>) =>
      linesOf({ ...fine, ...over }, { width: 200 }).find((line) => line.includes('connections '))
    const connectionMetrics = {
      ...fine.connectionMetrics,
      totalConnections: 50,
      successfulConnections: 50,
      maxOpenConnections: 50,
    }
    expect(told({ connectionMetrics })).toBeUndefined()
    const target = [{ ...fine.target[0]!, protocol: 'websocket' }]
    expect(told({ target, connectionMetrics })).toContain('connections 50 opened · at most 50 open')
    expect(told({ connectionMetrics: thresholdFailed.connectionMetrics })).toContain(
      'connections 50 opened · 2 failed · 2 lost (1 request with them), 1 reopened (after ~120ms at p95) · at most 50 open' +
        ' · connect p95 ~6.2ms (TLS ~4.1ms) · 2.3 MiB in, 118.2 KiB out',
    )
  })

  test('warnings are told of with what they mean', () => {
    const text = render({ ...fine, warnings: { redirected: 3, bad_utf8: 1200 } }, { width: 200 })
    expect(text).toContain('  1,200x  bad_utf8: the reply holds bytes that are no UTF-8')
    expect(text).toContain('      3x  redirected: the target sent the request elsewhere')
  })

  test('a step that never succeeded has no percentiles, not zeros', () => {
    const steps = [step('open', slice(counts(0, 3)))]
    expect(linesOf({ ...allErrors, steps }).find((line) => line.startsWith('  open'))).toMatch(/^ {2}open +3 +0% +– +– +–$/)
  })
})

describe('json', () => {
  test('is the result', () => {
    expect(JSON.parse(reporters.json.render(huge, PLAIN))).toEqual(JSON.parse(JSON.stringify(huge)))
  })
})

describe('junit', () => {
  const documentOf = (result: Result) => parseXml(reporters.junit.render(result, PLAIN))
  const all = (element: XmlElement, name: string): XmlElement[] =>
    element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)])
  const redOf = (result: Result) =>
    all(documentOf(result), 'testcase').filter((one) =>
      one.children.some((child) => child.name === 'failure' || child.name === 'error'),
    )
  const red = (result: Result) => redOf(result).map((one) => one.attributes.name)

  test.each(names)('%s is well-formed and follows the schema', (name) => {
    const root = documentOf(RESULTS[name])
    expect(root.name).toBe('testsuites')
    expect(Object.keys(root.attributes)).toEqual(['name', 'tests', 'failures', 'errors', 'time'])
    const suites = root.children
    expect(suites.map((suite) => suite.name)).toEqual(suites.map(() => 'testsuite'))
    for (const suite of suites) {
      expect(Object.keys(suite.attributes)).toEqual([
        'name',
        'tests',
        'failures',
        'errors',
        'skipped',
        'time',
        'timestamp',
        'hostname',
      ])
      expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
      const cases = suite.children.filter((child) => child.name === 'testcase')
      expect(suite.children.map((child) => child.name)).toEqual(['properties', ...cases.map(() => 'testcase')])
      expect(cases.map((one) => one.attributes.name)).toHaveLength(new Set(cases.map((one) => one.attributes.name)).size)
      for (const [attribute, element] of [
        ['failures', 'failure'],
        ['errors', 'error'],
        ['skipped', 'skipped'],
      ] as const) {
        expect(Number(suite.attributes[attribute])).toBe(cases.filter((one) => one.children[0]?.name === element).length)
      }
      for (const one of cases) {
        expect(Object.keys(one.attributes)).toEqual(['classname', 'name', 'file', 'time'])
        expect(one.children.length).toBeLessThanOrEqual(1)
        expect(['failure', 'error', 'skipped', 'system-out', undefined]).toContain(one.children[0]?.name)
      }
    }
    expect(Number(root.attributes.tests)).toBe(all(root, 'testcase').length)
    expect(Number(root.attributes.failures)).toBe(all(root, 'failure').length)
    expect(Number(root.attributes.errors)).toBe(all(root, 'error').length)
  })

  test('suite names do not repeat', () => {
    const suites = documentOf(huge).children.map((suite) => suite.attributes.name)
    expect(new Set(suites).size).toBe(suites.length)
  })

  test('names stay when numbers change', () => {
    const namesOf = (result: Result) =>
      all(documentOf(result), 'testcase').map((one) => `${one.attributes.classname}/${one.attributes.name}`)
    const other = {
      ...thresholdFailed,
      reason: 'other',
      durationMs: 5,
      thresholds: thresholdFailed.thresholds.map((t) => ({ ...t, observed: 7, state: 'passed' as const })),
      total: fine.total,
    }
    expect(namesOf(other)).toEqual(namesOf(thresholdFailed))
  })

  test('what is red', () => {
    expect(red(fine)).toEqual([])
    expect(red(empty)).toEqual(['requests were made'])
    expect(red(allErrors)).toEqual(['errors ratio < 1%', 'ttft p95 < 800ms'])
    expect(red({ ...allErrors, thresholds: [] })).toEqual(['at least one attempt succeeded'])
    expect(red(thresholdFailed)).toEqual(['ttft p95 < 300ms', 'response_time{step=never} p99 < 3s'])
    expect(red({ ...fine, status: 'running' })).toEqual(['verdict'])
    expect(red({ ...thresholdFailed, verdict: 'aborted' })).toContain('verdict')
    expect(red({ ...fine, verdict: 'failed' })).toEqual(['verdict'])
    const reasons = ['lag', 'stall'].map((code) => ({ level: 'invalid', code, message: code, hint: '' }) as const)
    expect(red({ ...fine, verdict: 'invalid', validity: { state: 'invalid', reasons } })).toEqual(['measurement is valid'])
  })

  test('a degraded run is not green without a word', () => {
    const reasons = [{ level: 'degraded', code: 'lag', message: 'lag p99 was 12 ms', hint: 'wait' } as const]
    const root = documentOf({ ...fine, validity: { state: 'degraded', reasons } })
    const [valid] = all(root, 'testcase').filter(({ attributes }) => attributes.name === 'measurement is valid')
    expect(valid?.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'measurement degraded: lag p99 was 12 ms' },
      text: 'measurement degraded\ndegraded: lag p99 was 12 ms\nwait',
    })
    expect(all(root, 'property').map(({ attributes }) => attributes)).toContainEqual({ name: 'validity', value: 'degraded' })
  })

  test('a check is judged once, by the threshold on their share, which names it', () => {
    const steps = [step('open', slice(counts(9, 1)), [{ check: 'status 200', passed: 5, failed: 5, samples: ['503'] }])]
    const thresholds = [{ ...fine.thresholds[0]!, threshold: 'checks ratio >= 99%', state: 'failed' as const }]
    const result: Result = { ...fine, verdict: 'failed', steps, thresholds }
    expect(red(result)).toEqual(['checks ratio >= 99%'])
    expect(redOf(result)[0]?.children[0]?.text).toContain('open: status 200: 5 of 10 failed')
  })

  test('a check that failed within the budget of a passed run is told, not red', () => {
    const steps = [step('open', slice(counts(9, 1)), [{ check: 'status 200', passed: 9, failed: 1, samples: ['503'] }])]
    expect(red({ ...fine, steps })).toEqual([])
    expect(reporters.junit.render({ ...fine, steps }, PLAIN)).toContain('1 of 10 failed\nobserved: 503')
  })

  test('the text holds everything: expression, observed, samples, worst window, how to run again', () => {
    const failed = all(documentOf(thresholdFailed), 'failure').find((one) => one.text.startsWith('ttft'))
    expect(failed?.text.split('\n')).toEqual([
      'ttft p95 < 300ms: failed, observed 413ms, limit 300ms, 1,200 samples',
      '412ms is above 300ms',
      'worst window: 30.0 s to 40.0 s',
      'run again: burn run scenarios/support-chat.yaml --seed 42',
    ])
  })
})

describe('md', () => {
  test.each(names)('%s fits a step summary, and its tables are whole', (name) => {
    const text = reporters.md.render(RESULTS[name], PLAIN)
    expect(Buffer.byteLength(text)).toBeLessThan(60 * 1024)
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length
    const blocks = text.split('\n\n').filter((block) => block.startsWith('|'))
    for (const block of blocks) expect(new Set(block.split('\n').map(cells)).size).toBe(1)
    expect(text).not.toMatch(/<b>|<script/)
  })
})

describe('hlog', () => {
  test('each line is a tag, seconds, max and a histogram that decodes', () => {
    const histogram = new Histogram('ms')
    for (const value of [10, 20, 30]) histogram.record(value)
    const slow = histogram.toDistribution()
    const result = {
      ...fine,
      total: slice(counts(3), { ttft: slow }),
      steps: [step('a, b\nc', slice(counts(3), { ttft: slow }))],
      phases: [],
    }
    const lines = reporters.hlog.render(result, PLAIN).trimEnd().split('\n')
    expect(lines.slice(0, 4)).toEqual([
      '#[Histogram log format version 1.3]',
      '#[StartTime: 1700000000.000 (seconds since epoch), 2023-11-14T22:13:20.000Z]',
      '#[BaseTime: 1700000000.000 (seconds since epoch)]',
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ])
    const rows = lines.slice(4).map((line) => line.split(','))
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['Tag=total.ttft', '0.000', '60.000', '30.000'],
      ['Tag=step.a_b_c.ttft', '0.000', '60.000', '30.000'],
    ])
    expect(Histogram.decode('ms', rows[1]?.[4] ?? '').count).toBe(3)
  })

  test('distributions without samples are left out', () => {
    expect(
      reporters.hlog
        .render({ ...empty, total: slice(counts(0), { ttft: { ...distribution(0, 0, 0, 0), histogram: '' } }) }, PLAIN)
        .split('\n'),
    ).toHaveLength(5)
  })
})
