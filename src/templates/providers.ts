/** One template for each known API. */
import type { Preset } from '../dialects/dialect.ts'
import { presetAliases, presets } from '../dialects/presets.ts'
import { elsewhere } from './target-block.ts'
import { type Data, FEW_ERRORS, say, type Template } from './template.ts'

/** What a preset needs beside an address. The mock is no broker: MQTT goes where the preset says. */
function targetOf(name: string, { protocol, model }: Preset): Data {
  const mock = protocol === 'mqtt' ? {} : { url: 'mock:' }
  const grpc = protocol === 'grpc' ? { grpc: { service: 'burn.chat.v1.ChatService', method: 'SendMessage' } } : {}
  return { preset: name, ...mock, ...(model === undefined ? {} : { model }), ...grpc }
}

function providerTemplate(name: string, preset: Preset): Template {
  const streams = preset.dialect !== 'generic'
  return {
    name,
    category: 'Providers',
    summary: `Two messages over the preset ${name}: ${preset.describe.split(/[;:]/)[0]}`,
    messages: { perIteration: 2, iterations: 20 },
    target: targetOf(name, preset),
    scenario: () => ({
      load: [{ name: 'short', iterations: 20, users: 2 }],
      steps: [
        say('Name three rivers in Europe.', { name: 'first', expect: [{ service_time: '< 30s' }] }),
        say('Which of them is the longest?', { name: 'second' }),
      ],
      thresholds: [FEW_ERRORS, streams ? 'ttft p95 < 5s' : 'service_time p95 < 5s'],
    }),
    comments: { target: preset.protocol === 'mqtt' ? `${preset.describe}.\nurl: is left out, so it is that of the preset: ${preset.url}` : elsewhere(name) },
  }
}

/** Presets by their own names; aliases stand for one of these. */
export const ownPresets: readonly (readonly [string, Preset])[] = Object.entries(presets).filter(
  ([name]) => !Object.hasOwn(presetAliases, name),
)

export const providerTemplates: readonly Template[] = ownPresets.map(([name, preset]) => providerTemplate(name, preset))
