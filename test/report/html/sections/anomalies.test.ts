/** The anomalies of a run on its page. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../../src/report/html/html.ts'
import { anomalyBody } from '../../../../src/report/html/sections/anomalies.ts'
import type { AnomalyGroup, Result } from '../../../../src/result/schema.ts'
import { TALK } from '../../conversations.ts'
import { PLAIN } from '../../every-report.ts'
import { fine, HOSTILE } from '../../results.ts'

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
