import { expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
import type { Preset } from '../../src/dialects/parts/dialect.ts'
import { presetAliases } from '../../src/dialects/presets.ts'
import { ownPresets, providerTemplate } from '../../src/templates/providers.ts'

const hasTokens = ({ dialect }: Preset) => dialect !== 'generic' && dialectNamed(dialect)?.isTextless !== true

test.each(Object.entries(ownPresets))('%s asks its API twice, on the mock', (name, preset) => {
  const { scenario, messages, ownTarget, summary } = providerTemplate(name, preset)
  expect(scenario).toMatchObject({ name, target: { preset: name, url: expect.stringMatching(/^mock:/) } })
  expect([messages, ownTarget]).toEqual([{ perIteration: 2, iterations: 20 }, true])
  expect(summary).toMatch(/^Two messages over the preset [\w-]+: [^;:]+$/)
  expect(JSON.stringify(scenario.thresholds)).toContain(hasTokens(preset) ? 'ttft' : 'service_time')
})

test('aliases have no template of their own', () => {
  for (const alias of Object.keys(presetAliases)) expect(Object.hasOwn(ownPresets, alias)).toBe(false)
})
