/** The section on the quality of replies. */
import { expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import { judgeBody, qualityBody } from '../../../src/report/html/sections/quality.ts'
import type { Result } from '../../../src/result/schema.ts'
import { PLAIN } from '../every-report.ts'
import { fine, HOSTILE } from '../results.ts'

const of = (mean: number) => ({ count: 1200, mean, p5: mean / 2, p50: mean, p95: 1 })
const quality: NonNullable<Result['quality']> = {
  method: 'heuristic',
  measured: 1200,
  leftOut: 34,
  settings: { weights: { relevance: 0.6, safety: 0.4 }, targetLatencyMs: 2000, blocklist: [], language: null },
  measures: { loop: of(0.01), safety: of(1), overall: of(0.9), relevance: of(0.8), [HOSTILE]: of(0.5) },
  flags: { stuck: { flagged: 12, of: 1200 }, sameAnswer: { flagged: 0, of: 0 } },
}

const rowsOf = (text: string) =>
  Array.from(text.matchAll(/<tr>([\s\S]*?)<\/tr>/g), ([, row = '']) =>
    Array.from(row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g), ([, cell = '']) => cell.replace(/<[^>]*>/g, '')),
  )

test('scores stand before what is found, the overall one first; each with what it means', () => {
  const rows = rowsOf(qualityBody({ quality })?.html ?? '')
  expect(rows.map(([name = '']) => name.slice(0, 12))).toEqual([
    'Measure',
    'overall',
    'relevance',
    'safety',
    'loop',
    '\\u{1b}[2J\\u{',
    'Flag',
    'stuck',
    'sameAnswer',
  ])
  expect(rows[2]).toEqual(['relevance', 'has the keywords of the message', '1', '0.6', '0.8', '0.4', '0.8', '1', '1,200'])
  expect(rows[7]?.slice(2)).toEqual(['12', '1,200', '1%'])
  expect(rows[8]?.slice(2)).toEqual(['0', '0', '–'])
  expect(qualityBody({ quality })?.html).toContain('34 left out')
})

test('a result without it has no such section', () => {
  expect(qualityBody({})).toBeUndefined()
  expect(html.render(fine, PLAIN)).not.toContain('id="quality"')
  expect(html.render({ ...fine, quality }, PLAIN)).toContain('href="#quality"')
})

const judge: NonNullable<Result['judge']> = {
  ...{
    model: HOSTILE,
    rubric: HOSTILE,
    taskHash: 'x',
    asked: 12,
    unreadable: 0,
    failed: 1,
    failures: { refused: 1 },
    stopped: null,
  },
  ...{ why: HOSTILE, cost: 0.02, currency: HOSTILE, unpriced: 0, scale: { min: 1, max: 5 }, pass: 4, replies: 99 },
  ...{ sampled: 10, scored: 9, score: { mean: 3.5, low: 3.1, high: 3.9, min: 1, max: 5 } },
  passed: { part: 6, whole: 9, low: 0.35, high: 0.88 },
  further: 3,
  steps: [{ step: 'open', replies: 40, scored: 9, mean: 3.5, passed: 6 }],
  flags: [
    { flag: 'truncated', replies: 3, scored: 2, mean: 1.5, passed: 0 },
    { flag: HOSTILE, scored: 1, mean: 2, passed: 0 },
    { flag: 'refusal', replies: 1, scored: 0, mean: null, passed: 0 },
  ],
  again: { replies: 2, same: 1, kappa: 0, difference: 1 },
  lowest: [{ step: HOSTILE, message: HOSTILE, reply: HOSTILE, score: 1, reason: HOSTILE }],
}

test('what a judge says has a section of its own, with the worst replies', () => {
  const text = judgeBody({ judge })?.html ?? ''
  const rows = rowsOf(text)
  expect(rows[1]).toEqual(['open', '40', '9', '3.5', '66.7%'])
  expect(rows[3]).toEqual(['truncated', 'the reply was cut off', '3', '2', '1.5', '0%'])
  expect(rows[5]?.slice(2)).toEqual(['1', '0', '–', '–'])
  expect(rows[7]?.[1]).toBe('1')
  expect(text).toContain(
    '3.5 of 5 (3.1 to 3.9) · 66.7% with 4 or more (35% to 88%) · 9 of 10 sampled of 99 replies · 3 more of rare steps and flags · truncated 1.5',
  )
  expect(text).toContain('the same verdict for 1 of 2 replies (kappa 0)')
  expect(text).not.toMatch(/<script|<img|\u001b/)
  expect(html.render(fine, PLAIN)).not.toContain('id="judge"')
  expect(html.render({ ...fine, judge }, PLAIN)).toContain('href="#judge"')
})
