/** Slices by tag in the reports; their values come from templates, so from anywhere. */
import { describe, expect, test } from 'vitest'
import { redactResult } from '../../src/store/redact-result.ts'
import { reporters } from '../support/reporters.ts'
import { fine, HOSTILE } from './results.ts'

const LOOK = { color: false, width: 100, unicode: true }
const { total } = fine
const tags = { 'tier=gold': total, 'flow=buy': total, [`who=${HOSTILE}`]: total, 'tier=silver': total }
const result = { ...fine, tags }

test('the console shows them, those of one tag together', () => {
  const lines = reporters.console.render(result, LOOK).split('\n')
  const from = lines.findIndex((line) => line.startsWith('  tag '))
  expect(lines.slice(from + 1, from + 4).map((line) => line.trim().split(' ')[0])).toEqual([
    'tier=gold',
    'tier=silver',
    'flow=buy',
  ])
  expect(lines.join('\n')).not.toMatch(/[\x1b\x07\u009b\u202e]/)
})

test('a hundred of them leave the summary within its 48 lines', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`id=${i}`, total]))
  const text = reporters.console.render({ ...fine, tags: many }, LOOK)
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(48)
  expect(text).toMatch(/… \d+ more tags \(see result\.json\)/)
})

test('Markdown has a table of them', () => {
  const text = reporters.md.render(result, LOOK)
  expect(text).toContain('### Tags\n\n| tag | count | ok | failed |')
  expect(text).toContain('| tier=gold | 1,200 |')
  expect(text).not.toMatch(/[\x1b\x07\u009b\u202e]|<b>/)
})

test('the histogram log has a line for each distribution of each', () => {
  const lines = reporters.hlog.render(result, LOOK).split('\n')
  expect(lines.filter((line) => line.startsWith('Tag=tier.gold.'))).toHaveLength(Object.keys(total.distributions).length)
  expect(lines.filter((line) => /[\x1b\x07\u202e]/.test(line))).toEqual([])
})

describe('secrets', () => {
  test('leave their names, and no slice is lost', () => {
    const redactor = { redact: (text: string) => text.replace(/sk-\w+/, '[secret]') }
    const clean = redactResult({ ...fine, tags: { 'key=sk-aaaaaa': total, 'key=sk-bbbbbb': total } }, redactor)
    expect(Object.keys(clean.tags)).toEqual(['key=[secret]', 'key=[secret] 2'])
  })
})
