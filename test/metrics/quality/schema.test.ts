import { expect, test } from 'vitest'
import { qualitySchema, qualitySettings } from '../../../src/metrics/quality/schema.ts'

test('it is on by default, and can be off', () => {
  const on = qualitySettings()
  expect(on).toMatchObject({ targetLatencyMs: 5000, language: undefined, weights: { relevance: 0.25, latency: 0.15 } })
  expect(qualitySettings(true)).toEqual(on)
  expect(qualitySettings(false)).toBeUndefined()
})

test('own settings stand beside the defaults', () => {
  const block = qualitySchema.parse({ weights: { safety: 2 }, targetLatencyMs: '2s', blocklist: ['no'], language: 'de' })
  expect(qualitySettings(block)).toEqual({
    weights: { relevance: 0.25, coherence: 0.2, completeness: 0.2, safety: 2, latency: 0.15 },
    targetLatencyMs: 2000,
    blocklist: ['no'],
    language: 'de',
  })
  expect(qualitySettings(qualitySchema.parse({ targetLatencyMs: 800 }))?.targetLatencyMs).toBe(800)
})

test.each([
  { weights: { relevance: 0, coherence: 0, completeness: 0, safety: 0, latency: 0 } },
  { weights: { kindness: 1 } },
  { targetLatencyMs: 0 },
  { language: 'xx' },
  { scorer: 'x' },
])('%j is refused', (block) => {
  expect(qualitySchema.safeParse(block).success).toBe(false)
})
