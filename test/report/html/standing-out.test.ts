/** The sections on anomalies and on the baseline. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import { anomalyBody } from '../../../src/report/html/sections/anomalies.ts'
import type { AnomalyGroup, Result } from '../../../src/result/schema.ts'
import { TALK } from '../conversations.ts'
import { PLAIN } from '../every-report.ts'
import { errorGroup, fine, HOSTILE } from '../results.ts'

const rowsOf = (text: string) =>
  Array.from(text.matchAll(/<tr>([\s\S]*?)<\/tr>/g), ([, row = '']) =>
    Array.from(row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g), ([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim()),
  ).slice(1)

const slow: AnomalyGroup = {
  ...{ kind: 'slow', step: 'open', metric: 'ttft', unit: 'ms', count: 12, median: 201, limit: 812 },
  worst: [
    { value: 3100, user: 3, iteration: 12, attempt: 1, endedAtMs: 41_000 },
    { value: 900, endedAtMs: 7_000 },
  ],
}
const burst: AnomalyGroup = {
  ...{ kind: 'burst', step: HOSTILE, metric: 'failures in a row', unit: 'count', count: 40, median: null, limit: 3 },
  worst: [{ value: 9, endedAtMs: 70_000 }],
}
const drift: AnomalyGroup = {
  ...{ kind: 'drift', step: 'main', metric: 'response_time', unit: 'ms', count: 1, median: null, limit: 0.2 },
  worst: [{ value: -0.34, endedAtMs: 60_000 }],
}

describe('anomalies', () => {
  const body = (over: Partial<Result>) => anomalyBody({ ...fine, ...over }, new Set())?.html

  test('each kind and place has a row, the most frequent first, with the worst and when they were', () => {
    const text = body({ anomalyGroups: [slow, burst, drift] }) ?? ''
    const rows = rowsOf(text)
    expect(rows.map(([kind]) => kind)).toEqual(['burst', 'slow', 'drift'])
    expect(rows[0]?.slice(3)).toEqual(['40', '', '', '9 failures', '1m10s'])
    expect(rows[1]).toEqual(['slow', 'open', 'ttft', '12', '201ms', '812ms', '3.1s (user 3 #12), 900ms', '41s, 7s'])
    expect(rows[2]?.[6]).toBe('−34%')
    // 41 s and 7 s of a run of 70 s; the end of the run has room for a tick.
    expect(Array.from(text.matchAll(/class="fill" x="([^"]*)"/g), ([, x]) => x)).toEqual(['98.5%', '58.57%', '10%', '85.71%'])
    expect(text).not.toMatch(/<b>|\x1b|\u202e/)
  })

  test('the worst lead to their conversations, as far as the page has them', () => {
    const worst = [3, 4].map((user) => ({ value: 900, user, iteration: 12, endedAtMs: 7000 }))
    const conversations = { chosen: [TALK], recorded: 9, level: 'all' }
    const page = html.render({ ...fine, anomalyGroups: [{ ...slow, worst }] }, { ...PLAIN, conversations })
    expect(page).toContain('900ms (<a href="#talk-3-12">user 3 #12</a>)')
    expect(page).toContain('900ms (user 4 #12)')
    expect(page).toContain('id="talk-3-12"')
  })

  test('what is counted only stands above the table; failures alone are none of this section', () => {
    const anomalies = { failed: 7, slow: 0, repeated: 1234, empty: 2 }
    expect(body({ anomalies })).toContain(
      '<p>1,234 replies begin as the one before in the same conversation; 2 replies are empty.</p>',
    )
    expect(body({ anomalies: { failed: 7, slow: 0, repeated: 0 } })).toBeUndefined()
  })
})

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
  const drawn = html.render({ ...fine, baseline }, { ...PLAIN, baseline: [fine] })
  expect(/<section id="baseline"[\s\S]*?<\/section>/.exec(drawn)?.[0]).toContain('<h3>ttft</h3>')
  expect(page).toContain('<a href="#baseline">Baseline</a>')
  expect(html.render(fine, PLAIN)).not.toContain('id="baseline"')
})

describe('when failures came', () => {
  const strip = (over: Partial<Result['errors'][number]>) => {
    const page = html.render({ ...fine, durationMs: 100_000, errors: [errorGroup(over)] }, PLAIN)
    const section = /<section id="failures"[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
    return Array.from(section.matchAll(/class="fill" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/g), ([, ...all]) =>
      all.join(' '),
    )
  }

  test('bars are as high as many came, from the first to the last of them', () => {
    const overTime = { widthMs: 10_000, counts: [4, 0, 1] }
    expect(strip({ count: 5, firstMs: 20_000, lastMs: 45_000, overTime })).toEqual(['20.0 0.0 10.0 10.0', '40.0 7.5 5.0 2.5'])
  })

  test('a result of an older version has one bar from the first to the last', () => {
    expect(strip({ count: 5, firstMs: 20_000, lastMs: 45_000 })).toEqual(['20.0 0.0 25.0 10.0'])
    expect(strip({ count: 1, firstMs: 100_000, lastMs: 100_000 })).toEqual(['98.5 0.0 1.5 10.0'])
  })
})
