import { dialectNamed } from '../dialects/index.ts'
import type { Preset } from '../dialects/parts/dialect.ts'
import { presetAliases, presets } from '../dialects/presets.ts'
import { elsewhere } from './target-block.ts'
import { type Data, FEW_ERRORS, type ScenarioTemplate, templateOf } from './template.ts'

/** For some presets, target keys that they need to talk to the mock, besides `url: "mock:"`. */
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

/** The steps of a template for a chat API. */
const CHAT: Data[] = [
  { message: 'Name three rivers in Europe.', name: 'first', expect: [{ service_time: '< 30s' }] },
  { message: 'Which of them is the longest?', name: 'second' },
]

/** The steps of a template for an API that takes several texts and returns none: inputs of embeddings, or a query and its documents. */
const INPUTS: Data[] = [
  {
    message: [{ text: 'Which river is the longest in Europe?' }, { text: 'The Volga flows into the Caspian Sea.' }],
    name: 'short',
    expect: [{ service_time: '< 30s' }],
  },
  {
    message: [
      { text: 'Where does the Danube begin?' },
      { text: 'The Danube begins in the Black Forest.' },
      { text: 'The Rhine begins in the Alps.' },
    ],
    name: 'long',
  },
]

/** The steps of a template for an API that takes sound. They send silence; real sound files in the scenario's folder give more meaningful numbers. */
const SOUNDS: Data[] = [
  { message: [{ audio: 'silence:2s' }], name: 'short', expect: [{ service_time: '< 30s' }] },
  { message: [{ audio: 'silence:20s' }, { text: 'A talk about rivers.' }], name: 'long' },
]

/** Returns a scenario template that sends two messages to the API of a provider; `preset` describes that API, and `name` is its name. */
export function providerTemplate(name: string, preset: Preset): ScenarioTemplate {
  const { isTextless = false } = dialectNamed(preset.dialect) ?? {}
  const streams = preset.dialect !== 'generic' && !isTextless
  const scenario = {
    name,
    description: `Two messages over the preset ${name}: ${preset.describe.split(/[;:]/)[0]}`,
    target: targetOf(name, preset),
    load: [{ name: 'short', iterations: 20, users: 2 }],
    steps: isTextless ? INPUTS : preset.dialect === 'openai-transcriptions' ? SOUNDS : CHAT,
    thresholds: [FEW_ERRORS, streams ? 'ttft p95 < 5s' : 'service_time p95 < 5s'],
  }
  return templateOf({ category: 'Providers', ownTarget: true, about: [], scenario, comments: { target: elsewhere(name) } })
}

/** The known APIs (presets) by name. An API that also has a short name stands here only under its full name. */
export const ownPresets: Readonly<Record<string, Preset>> = Object.fromEntries(
  Object.entries(presets).filter(([name]) => !Object.hasOwn(presetAliases, name)),
)
