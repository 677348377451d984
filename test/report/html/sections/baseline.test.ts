/** A run beside its baseline on the page. */
import { expect, test } from 'vitest'
import { html } from '../../../../src/report/html/html.ts'
import type { Result } from '../../../../src/result/schema.ts'
import { PLAIN } from '../../every-report.ts'
import { fine, HOSTILE } from '../../results.ts'

const rowsOf = (text: string) =>
  Array.from(text.matchAll(/<tr>([\s\S]*?)<\/tr>/g), ([, row = '']) =>
    Array.from(row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g), ([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim()),
  ).slice(1)

test('a run with a baseline says whether it is worse, by what, and what to keep in mind', () => {
  const value = {
    ...{ metric: 'ttft p50', unit: 'ms' as const, gate: true, a: 212, b: 228, change: 0.075, low: 0.031, high: 0.122 },
    ...{ tolerance: 0.05, delta: 0.13, verdict: 'WORSE' as const, timesMore: null },
  }
  const baseline: NonNullable<Result['baseline']> = {
    ...{ mode: 'stored', verdict: 'WORSE', reason: 'B is worse: ttft p50', units: 20, alpha: 0.01, runNoise: 0.03, seed: '7' },
    a: { name: HOSTILE, runId: 'aa', attempts: 10, verdict: 'passed' },
    b: { name: 'this run', runId: 'bb', attempts: 10, verdict: 'passed' },
    values: [value],
    warnings: ['the scenarios differ'],
  }
  const page = html.render({ ...fine, baseline }, PLAIN)
  const section = /<section id="baseline"[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
  expect(section).toContain('<div class="note bad">\n<p><strong>WORSE.</strong> B is worse: ttft p50. A is \\u{1b}[2J')
  expect(section).toContain('<li>the scenarios differ</li>')
  expect(rowsOf(section)[0]?.slice(0, 4)).toEqual(['ttft p50 decides', '212ms', '228ms', '+7.5%'])
  expect(section).not.toContain('<figure')
  expect(section).toContain('no charts of both, because the result of A was not found')
  const drawn = html.render({ ...fine, baseline }, { ...PLAIN, baseline: [fine] })
  expect(/<section id="baseline"[\s\S]*?<\/section>/.exec(drawn)?.[0]).toContain('<h3>ttft</h3>')
  expect(drawn).not.toContain('no charts of both')
  expect(page).toContain('<a href="#baseline">Baseline</a>')
  expect(html.render(fine, PLAIN)).not.toContain('id="baseline"')
})
