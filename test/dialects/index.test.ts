import { expect, test } from 'vitest'
import { dialectNamed, dialects } from '../../src/dialects/index.ts'
import { presetNamed, presets } from '../../src/dialects/presets.ts'

test.each(Object.entries(dialects))('dialect %s is registered under its own name', (name, dialect) => {
  expect(dialect.name).toBe(name)
})

test('names that are not there, and aliases', () => {
  expect(dialectNamed('toString')).toBeUndefined()
  expect(presetNamed('constructor')).toBeUndefined()
  expect(presetNamed('anthropic')).toBe(presets['anthropic-messages'])
  expect(presetNamed('gemini')).toBe(presets['google-gemini'])
})
