/** The table of stored runs. */
import { expect, test } from 'vitest'
import { runsTable } from '../../../src/cli/runs/table.ts'
import { fine } from '../../report/results.ts'

test.each([40, 60, 80, 100])('%i columns leave out what they have no room for, never the folder', (width) => {
  const folder = 'burn-results/quick-run-20261129-214831'
  const text = runsTable([{ ...fine, folder }], { color: false, width, unicode: true })
  const [head = '', line = ''] = text.split('\n')
  expect(line.endsWith(folder)).toBe(true)
  expect(line.length).toBeLessThanOrEqual(width)
  expect(head.includes('verdict')).toBe(width > 40)
  expect(head.includes('p95')).toBe(width >= 80)
  const whole = `burn-results/${'x'.repeat(100)}`
  expect(runsTable([{ ...fine, folder: whole }], { color: false, width, unicode: true })).toContain(whole)
})

test('one run with a long folder costs the others no column', () => {
  const whole = `burn-results/${'x'.repeat(200)}`
  const runs = [fine, { ...fine, folder: whole }].map((run) => ({ folder: 'burn-results/chat-20260101-120000', ...run }))
  const [, first = '', second = ''] = runsTable(runs, { color: false, width: 120, unicode: true }).split('\n')
  expect(first.replace(/\s+\S+$/, '')).toBe(second.replace(/\s+\S+$/, ''))
  expect(first.split(/\s{2,}/).length).toBeGreaterThan(6)
  expect(second.endsWith(whole)).toBe(true)
})
