import type { Preset } from '../dialects/parts/dialect.ts'
import { presetAliases, presets } from '../dialects/presets.ts'
import { elsewhere } from './target-block.ts'
import { type Data, FEW_ERRORS, type ScenarioTemplate, templateOf } from './template.ts'

/** Target keys that some presets need to talk to the mock, besides `url: "mock:"`. */
const ON_MOCK: Readonly<Record<string, Data>> = {
  'custom-sse': {
    url: 'mock:/v1/chat/completions',
    request: { structure: { model: 'demo', stream: true }, historyPath: '$.messages' },
    response: { delta: '$.choices[0].delta.content', end: { data: '[DONE]' } },
  },
  'custom-grpc': { url: 'mock:', grpc: { service: 'burn.chat.v1.ChatService', method: 'SendMessage' } },
  'django-channels': { url: 'mock:/ws/mobile/sync/' },
}

function targetOf(name: string, preset: Preset): Data {
  const model = preset.model === undefined ? {} : { model: preset.model }
  return { preset: name, ...model, ...(Object.hasOwn(ON_MOCK, name) ? ON_MOCK[name] : { url: 'mock:' }) }
}

/** Makes a scenario template that sends two messages to the API of a provider; `preset` describes that API, and `name` is its name. */
export function providerTemplate(name: string, preset: Preset): ScenarioTemplate {
  const streams = preset.dialect !== 'generic'
  const scenario = {
    name,
    description: `Two messages over the preset ${name}: ${preset.describe.split(/[;:]/)[0]}`,
    target: targetOf(name, preset),
    load: [{ name: 'short', iterations: 20, users: 2 }],
    steps: [
      { message: 'Name three rivers in Europe.', name: 'first', expect: [{ service_time: '< 30s' }] },
      { message: 'Which of them is the longest?', name: 'second' },
    ],
    thresholds: [FEW_ERRORS, streams ? 'ttft p95 < 5s' : 'service_time p95 < 5s'],
  }
  return templateOf({ category: 'Providers', ownTarget: true, about: [], scenario, comments: { target: elsewhere(name) } })
}

/** All known APIs (presets) by their full names; short names are left out. */
export const ownPresets: Readonly<Record<string, Preset>> = Object.fromEntries(
  Object.entries(presets).filter(([name]) => !Object.hasOwn(presetAliases, name)),
)
