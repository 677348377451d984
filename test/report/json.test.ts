import { describe, expect, test } from 'vitest'
import { reporters } from '../../src/report/index.ts'
import { PLAIN } from './every-report.ts'
import { huge } from './results.ts'

describe('json', () => {
  test('is the result', () => {
    expect(JSON.parse(reporters.json.render(huge, PLAIN))).toEqual(JSON.parse(JSON.stringify(huge)))
  })
})
