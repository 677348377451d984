import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { RenderOptions } from '../../../src/report/text/reporter.ts'
import type { Result } from '../../../src/result/schema.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { reporters } from '../../support/reporters.ts'
import { names, PLAIN } from '../every-report.ts'
import { allErrors, counts, distribution, fine, huge, RESULTS, slice, step, thresholdFailed } from '../results.ts'

describe('console', () => {
  const render = (result: Result, over: Partial<RenderOptions> = {}) => reporters.console.render(result, { ...PLAIN, ...over })
  const linesOf = (result: Result, over: Partial<RenderOptions> = {}) => render(result, over).trimEnd().split('\n')

  test.each(names.flatMap((name) => [40, 60, 80, 120, 200].map((width) => [name, width] as const)))(
    '%s fits %i columns and 40 lines, or as many more as wrapping takes',
    (name, width) => {
      for (const unicode of [true, false]) {
        const lines = linesOf(RESULTS[name], { width, unicode })
        // Where everything went wrong at once, what each list keeps at least takes more.
        const most = { huge: 110, thresholdFailed: width < 80 ? 48 : 43 }[name as string] ?? 40
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
