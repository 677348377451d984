/** The section on the quality of replies. */
import { expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import { qualityBody } from '../../../src/report/html/sections/quality.ts'
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
