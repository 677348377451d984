import { expect, test } from 'vitest'
import type { ComparedValue, Comparison } from '../../../src/compare/comparison.ts'
import { comparisonFormats } from '../../../src/report/comparison/index.ts'
import { displayWidth } from '../../../src/text/display-width.ts'

const value = (changed: Partial<ComparedValue>): ComparedValue => ({
  ...{ metric: 'ttft p50', unit: 'ms', gate: true, a: 212, b: 228, change: 0.075, low: 0.031, high: 0.122 },
  ...{ tolerance: 0.05, delta: 0.13, verdict: 'WORSE', timesMore: null },
  ...changed,
})
const rate = value({
  ...{ metric: 'rate', unit: 'per_second', gate: false, a: 20, b: 19.8, delta: null },
  verdict: 'SAME',
  change: -0.0004,
})
const errors = value({
  ...{ metric: 'errors', unit: 'ratio', a: 0.0038, b: 0.0048, delta: null, tolerance: 0.01 },
  verdict: 'SAME',
})

const COMPARISON: Comparison = {
  ...{ mode: 'interleaved', verdict: 'WORSE', reason: 'B is worse: ttft p50', units: 20, alpha: 0.01, runNoise: 0, seed: '7' },
  a: { name: 'base', runId: 'aa', attempts: 1043, verdict: 'passed' },
  b: { name: 'new\u001b[31m<b>', runId: 'bb', attempts: 1043, verdict: 'could_not_test', startTime: 1.7e12, durationMs: 61_250 },
  values: [
    value({}),
    { ...rate, low: -0.02, high: 0.02 },
    value({ metric: 'ttft p95', a: 410, b: 421, change: 0.027, low: -0.044, high: 0.1034, verdict: 'UNCLEAR', timesMore: 2.24 }),
    { ...errors, change: 0.001, low: -0.006, high: 0.008 },
    value({
      metric: 'ttft p99',
      gate: false,
      b: null,
      change: null,
      low: null,
      high: null,
      verdict: 'UNCLEAR',
      note: 'among time-outs',
    }),
  ],
  warnings: ['the loads differ: 1 against 2'],
}
const LOOK = { color: false, width: 100, unicode: true }

test('the terminal gets the verdict first, then what decides', () => {
  expect(comparisonFormats.console(COMPARISON, LOOK)).toMatchInlineSnapshot(`
    "WORSE  B is worse: ttft p50
    A  base · 1,043 attempts · passed
    B  new\\u{1b}[31m<b> · 1,043 attempts · could not test

    metric          A       B   change  bounds              delta  limit  verdict
    ttft p50 *  212ms   228ms    +7.5%  +3.1% .. +13%        0.13     5%  WORSE
    ttft p95 *  410ms   421ms    +2.7%  -4.4% .. +11%        0.13     5%  UNCLEAR (2.2x data)
    errors *    0.38%   0.48%  +0.10pp  -0.60pp .. +0.80pp           1pp  SAME
    rate         20/s  19.8/s     0.0%  -2% .. +2%                    5%  SAME
    ttft p99    212ms       –        –                       0.13     5%  UNCLEAR (among time-outs)

    run together, block by block of time, 20 blocks, whose middle the change of p50 is; the bounds of
    the lines marked * hold together with 99% confidence; seed 7
    ! the loads differ: 1 against 2
    "
  `)
})

test.each([40, 60, 80, 120])('no line is wider than a terminal of %d columns', (width) => {
  const lines = comparisonFormats.console(COMPARISON, { ...LOOK, width }).split('\n')
  expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
  expect(lines.join(' ')).toContain('+7.5%')
})

test('Markdown has the same, and nothing that the names of runs could do', () => {
  expect(comparisonFormats.md(COMPARISON)).toMatchInlineSnapshot(`
    "## WORSE: B is worse: ttft p50

    - A: base (1,043 attempts, passed)
    - B: new\\\\u{1b}\\[31m&lt;b&gt; (1,043 attempts, could not test)

    | metric | A | B | change | bounds | limit | verdict |
    | --- | --: | --: | --: | --- | --: | --- |
    | **ttft p50** | 212ms | 228ms | +7.5% | +3.1% .. +13% | 5% | **WORSE** |
    | **ttft p95** | 410ms | 421ms | +2.7% | -4.4% .. +11% | 5% | **UNCLEAR (2.2x data)** |
    | **errors** | 0.38% | 0.48% | +0.10pp | -0.60pp .. +0.80pp | 1pp | **SAME** |
    | rate | 20/s | 19.8/s | 0.0% | -2% .. +2% | 5% | SAME |
    | ttft p99 | 212ms | – | – |  | 5% | UNCLEAR (among time-outs) |

    Bold lines decide: run together, block by block of time, 20 blocks, whose middle the change of p50 is; the bounds of these lines hold together with 99% confidence; seed 7.

    - note: the loads differ: 1 against 2
    "
  `)
})

test('JUnit has a case for each metric that decides: worse fails, unclear is skipped', () => {
  const text = comparisonFormats.junit(COMPARISON)
  const names = Array.from(text.matchAll(/<testcase [^>]*\bname="([^"]+)"/g), ([, name]) => name)
  expect(names).toEqual(['ttft p50', 'ttft p95', 'errors'])
  expect(text).toContain('tests="3" failures="1"')
  expect(text).toContain('skipped="1"')
  expect(text).toContain('time="61.250" timestamp="2023-11-14T22:13:20"')
  expect(text).not.toContain('\u001b')
})

test('JSON is the comparison itself', () => {
  expect(JSON.parse(comparisonFormats.json(COMPARISON))).toEqual(COMPARISON)
})
