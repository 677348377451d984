/** One template for each known API. */
import type { Preset } from '../dialects/dialect.ts'
import { presetAliases, presets } from '../dialects/presets.ts'
import { elsewhere } from './target-block.ts'
import { FEW_ERRORS, say, type Template } from './template.ts'

function providerTemplate(name: string, preset: Preset): Template {
  return {
    name,
    category: 'Providers',
    summary: `A short conversation with ${preset.describe.split(';')[0]}`,
    messages: { perIteration: 2, iterations: 20 },
    target: { preset: name, url: 'mock:', ...(preset.model === undefined ? {} : { model: preset.model }) },
    scenario: () => ({
      load: [{ name: 'short', iterations: 20, users: 2 }],
      steps: [
        say('Name three rivers in Europe.', { name: 'first', expect: [{ ttft: '< 5s' }] }),
        say('Which of them is the longest?', { name: 'second' }),
      ],
      thresholds: [FEW_ERRORS, 'ttft p95 < 5s'],
    }),
    comments: { target: elsewhere(name) },
  }
}

/** Presets by their own names; aliases stand for one of these. */
export const ownPresets: readonly (readonly [string, Preset])[] = Object.entries(presets).filter(
  ([name]) => !Object.hasOwn(presetAliases, name),
)

export const providerTemplates: readonly Template[] = ownPresets.map(([name, preset]) => providerTemplate(name, preset))
