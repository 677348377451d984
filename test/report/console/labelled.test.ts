import { expect, test } from 'vitest'
import { LABEL_COLUMNS, labelled, underLabel } from '../../../src/report/console/labelled.ts'
import { makePen } from '../../../src/report/text/pen.ts'

const pen = makePen({ color: false, width: 40, unicode: true })

test('the label stands once, and every line begins below the first', () => {
  expect(underLabel('files', ['a', 'b'], pen)).toEqual([`  ${'files'.padEnd(LABEL_COLUMNS)}a`, `  ${' '.repeat(LABEL_COLUMNS)}b`])
  expect(underLabel('files', [], pen)).toEqual([])
})

test('lines break between facts', () => {
  const lines = labelled('generator', 'lag p99 12ms · event loop 5% busy · CPU 20%', pen)
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40)
  expect(lines[0]).toMatch(/^ {2}generator +lag p99 12ms/)
})
