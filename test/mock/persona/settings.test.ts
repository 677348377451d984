import { expect, test } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { PERSONA_NAMES } from '../../../src/mock/persona/personas.ts'
import { mockSettings, RATES, resolveSettings, withExtra } from '../../../src/mock/persona/settings.ts'

test.each(PERSONA_NAMES)('%s has settings that are valid, and own ones win', (persona) => {
  expect(resolveSettings({ persona }).persona).toBe(persona)
  expect(resolveSettings({ persona, errorRate: 0, rateLimitEvery: 9 })).toMatchObject({ errorRate: 0, rateLimitEvery: 9 })
})

test.each([
  { colour: 1 },
  { errorRate: 1.1 },
  { errorRate: 0.6, resetRate: 0.5 },
  { persona: 'nobody' },
  { firstTokenMs: -1 },
  { status: 200 },
  5,
])('%j is refused', (settings) => {
  expect(() => resolveSettings(settings)).toThrow(UsageError)
})

test('who asks for one fault gets it alone; other settings stay', () => {
  const overrides = { errorRate: 0.5, tokens: 3 }
  const made = resolveSettings(withExtra(overrides, { resetRate: 1 }))
  expect(RATES.filter((rate) => made[rate] > 0)).toEqual(['resetRate'])
  expect(made.tokens).toBe(3)
  expect(withExtra(overrides, { tokens: 4 })).toEqual({ errorRate: 0.5, tokens: 4 })
})

test('every setting says what it does', () => {
  for (const [name, field] of Object.entries(mockSettings.shape)) expect(field.description, name).toMatch(/^\S.{9,}/)
})
