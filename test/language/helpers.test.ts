import { describe, expect, test } from 'vitest'
import { templateHelpers } from '../../src/language/helpers/helpers.ts'

describe('the table', () => {
  test('has each name once, a description, and no block name', () => {
    const names = templateHelpers.map((helper) => helper.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of ['if', 'unless', 'each', 'with', 'log']) expect(names).not.toContain(name)
    for (const { description, arity } of templateHelpers) {
      expect(description).toMatch(/^.{5,}[^.]$/)
      expect(arity[0]).toBeLessThanOrEqual(arity[1])
    }
  })
})
