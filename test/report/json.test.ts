import { describe, expect, test } from 'vitest'
import { reporters } from '../support/reporters.ts'
import { PLAIN } from './every-report.ts'
import { huge } from './results.ts'

describe('json', () => {
  test('is the result', () => {
    expect(JSON.parse(reporters.json.render(huge, PLAIN))).toEqual(JSON.parse(JSON.stringify(huge)))
  })
})
