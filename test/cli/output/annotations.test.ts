import { afterEach, expect, test, vi } from 'vitest'
import { annotate } from '../../../src/cli/output/annotations.ts'
import { allErrors, fine, thresholdFailed } from '../../report/results.ts'

afterEach(() => vi.unstubAllEnvs())

function of(result: typeof fine, actions = 'true'): string[] {
  vi.stubEnv('GITHUB_ACTIONS', actions)
  const lines: string[] = []
  annotate(result, (text) => lines.push(text))
  return lines
}

test('none without a workflow, and none of a run that passed', () => {
  expect(of(thresholdFailed, '')).toEqual([])
  expect(of({ ...fine, verdict: 'passed', validity: { state: 'ok', reasons: [] } })).toEqual([])
})

test('one error for each threshold that failed, and none for one that only warns', () => {
  const [one] = thresholdFailed.thresholds.filter(({ state }) => state === 'failed')
  if (!one) throw new Error('expected one that failed')
  const thresholds = [one, { ...one, severity: 'warn' as const }, { ...one, threshold: 'a, b: c%\n', reason: '100%\nbad' }]
  const lines = of({ ...thresholdFailed, scenarioFile: 'a,b.yaml', thresholds, validity: { state: 'ok', reasons: [] } })
  expect(lines).toHaveLength(2)
  expect(lines[1]).toBe('::error file=a%2Cb.yaml,title=a%2C b%3A c%25%0A::100%25%0Abad\n')
})

test('a run that could not test says why; at most ten of a kind', () => {
  expect(
    of({ ...allErrors, verdict: 'could_not_test', reason: 'nothing succeeded', thresholds: [], scenarioFile: null })[0],
  ).toBe('::error title=burn%3A could not test::nothing succeeded\n')
  const [one] = thresholdFailed.thresholds.filter(({ state }) => state === 'failed')
  const many = Array.from({ length: 15 }, () => one).filter((threshold) => threshold !== undefined)
  expect(of({ ...thresholdFailed, thresholds: many, validity: { state: 'ok', reasons: [] } })).toHaveLength(10)
})
