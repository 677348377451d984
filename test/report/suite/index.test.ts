import { expect, test } from 'vitest'
import { suiteFormats } from '../../../src/report/suite/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import { empty, HOSTILE } from '../results.ts'
import { suiteOf, testFrom } from './suites.ts'

test.each(['console', 'md', 'junit', 'json', 'html'] as const)('%s: no name of a scenario acts on what shows it', (format) => {
  const hostile = suiteOf([testFrom(1, HOSTILE, { ...empty, reason: HOSTILE })], { suite: HOSTILE, reason: HOSTILE })
  const text = suiteFormats[format](hostile, FILE_OPTIONS, new Map([[1, { ...empty, reason: HOSTILE }]]))
  expect(text).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/)
  if (format === 'md' || format === 'junit' || format === 'html') expect(text).not.toContain('<b>')
})
