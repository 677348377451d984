import { describe, expect, test } from 'vitest'
import type { Result } from '../../../src/result/schema.ts'
import { reporters } from '../../support/reporters.ts'
import { names, PLAIN } from '../every-report.ts'
import { allErrors, counts, empty, fine, huge, RESULTS, slice, step, thresholdFailed } from '../results.ts'
import { parseXml, type XmlElement } from '../xml-parser.ts'

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
