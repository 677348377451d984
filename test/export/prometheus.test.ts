/** The text for Prometheus, read again by a reader of that format. */
import { describe, expect, test } from 'vitest'
import { PrometheusReader } from '../../src/observe/asking/prometheus.ts'
import { FILE_OPTIONS } from '../../src/report/text/reporter.ts'
import { HOSTILE, RESULTS } from '../report/results.ts'
import { reporters } from '../support/reporters.ts'

function readAgain(text: string) {
  const reader = new PrometheusReader(() => true)
  reader.push(text)
  reader.end()
  return reader
}

describe.each(Object.entries(RESULTS))('%s', (_, result) => {
  const text = reporters.prometheus.render(result, FILE_OPTIONS)

  test('every line is one of the format, and no sample is there twice', () => {
    const { samples, badLines, leftOut } = readAgain(text)
    expect([badLines, leftOut]).toEqual([0, 0])
    const keys = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('counts are those of the result', () => {
    const { samples } = readAgain(text)
    const ok = samples.filter(({ name, labels }) => name === 'burn_attempts_total' && labels.some(([, value]) => value === 'ok'))
    expect(ok.reduce((sum, { value }) => sum + value, 0)).toBe(result.steps.reduce((sum, { counts }) => sum + counts.ok, 0))
  })

  test('buckets grow up to the count', () => {
    const { samples } = readAgain(text)
    let before = 0
    for (const { name, labels, value } of samples.filter(({ name }) => name.startsWith('burn_ttft_seconds'))) {
      if (name.endsWith('_bucket')) expect(value).toBeGreaterThanOrEqual(before)
      before = labels.some(([key, end]) => key === 'le' && end !== '+Inf') ? value : 0
    }
  })
})

test('names of others make no lines, and nothing for a terminal', () => {
  const [step] = RESULTS.fine.steps
  const named = step && { ...step, name: HOSTILE }
  const text = reporters.prometheus.render(
    { ...RESULTS.fine, scenarioName: `a"} 1\nx ${HOSTILE}`, steps: named ? [named] : [] },
    FILE_OPTIONS,
  )
  expect(text).not.toMatch(/[^\n\x20-\x7e\p{L}\p{N}\p{P}\p{S}\p{M}\p{Cf}]|[\x1b\x07\u009b\u202e]/u)
  const { samples, badLines } = readAgain(text)
  expect(badLines).toBe(0)
  expect(samples.every(({ labels }) => labels[0]?.[0] === 'burn_scenario' && labels[0][1].startsWith('a"} 1'))).toBe(true)
})
