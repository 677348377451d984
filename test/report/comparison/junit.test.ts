/** A comparison as JUnit cases. */
import { expect, test } from 'vitest'
import { comparisonFormats } from '../../../src/report/comparison/index.ts'
import { COMPARISON } from './compared.ts'

test('JUnit has a case for each metric that decides: worse fails, unclear is skipped', () => {
  const text = comparisonFormats.junit(COMPARISON)
  const names = Array.from(text.matchAll(/<testcase [^>]*\bname="([^"]+)"/g), ([, name]) => name)
  expect(names).toEqual(['ttft p50', 'ttft p95', 'errors'])
  expect(text).toContain('tests="3" failures="1"')
  expect(text).toContain('skipped="1"')
  expect(text).toContain('time="61.250" timestamp="2023-11-14T22:13:20"')
  expect(text).not.toContain('\u001b')
})
