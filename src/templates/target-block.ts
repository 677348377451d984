import type { Preset } from '../dialects/parts/dialect.ts'
import { presetNamed } from '../dialects/presets.ts'
import { UsageError } from '../errors.ts'
import type { Data } from './template.ts'

/** The target that the user chose with flags of `burn generate`. Without `preset` and `url`, the target is burn's own mock server. */
export interface TargetChoice {
  readonly preset?: string | undefined
  readonly url?: string | undefined
  readonly model?: string | undefined
  /** Name of the environment variable with the API key. Undefined: the preset's own variable; '': no key. */
  readonly keyVariable?: string | undefined
}

/** The `target:` block of a generated scenario, the comment above it, and the variables that it needs. */
export interface ChosenTarget {
  readonly target: Data
  readonly comment: string
  /** The scenario's `vars` block: variables that occur in the address, such as `resource`. */
  readonly vars: Data
  /** True when the chosen target is the embedded mock server. */
  readonly mock: boolean
}

/** The URL of burn's own mock server. */
export const MOCK = 'mock:'
const LOOPBACK = /^[a-z]+:\/\/(?:127\.|localhost|\[::1\])/i

/** Returns the `target:` block for the preset, address and model that the user chose. @throws UsageError for an unknown preset */
export function chosenTarget(choice: TargetChoice): ChosenTarget {
  const preset = choice.preset === undefined ? undefined : knownPreset(choice.preset)
  if (isMock(choice)) return mockTarget(choice.preset ?? 'openai-chat', choice.model)
  if (preset === undefined) return plainTarget(choice)
  const url = choice.url ?? preset.url
  const auth = authOf(preset, choice.keyVariable ?? preset.keyVariable, url)
  const target = {
    preset: choice.preset,
    ...(choice.url === undefined ? {} : { url }),
    ...(choice.model === undefined && preset.model === undefined ? {} : { model: choice.model ?? preset.model }),
    ...(auth === undefined ? {} : { auth }),
  }
  return { target, comment: realComment(preset, choice, auth), vars: varsOf(url), mock: false }
}

/** True when the user chose the mock as target, or chose none. */
export function isMock({ preset, url }: TargetChoice): boolean {
  return url === MOCK || (url === undefined && preset === undefined)
}

function knownPreset(name: string): Preset {
  const preset = presetNamed(name)
  if (preset) return preset
  throw new UsageError(`--preset ${name}: there is no such preset`, '`burn generate --list` shows all of them')
}

function mockTarget(preset: string, model: string | undefined): ChosenTarget {
  const { model: usual } = knownPreset(preset)
  const known = usual === undefined ? model : (model ?? 'demo')
  return {
    target: { preset, url: MOCK, ...(known === undefined ? {} : { model: known }) },
    comment: elsewhere(preset),
    vars: varsOf(knownPreset(preset).url),
    mock: true,
  }
}

/**
 * Returns a comment for a generated scenario that sends to the mock server. It explains how to send to the real API of the preset `name` instead.
 * @throws UsageError for an unknown preset
 */
export function elsewhere(name: string): string {
  const preset = knownPreset(name)
  const auth = authOf(preset, preset.keyVariable, preset.url)
  const lines = [
    '"mock:" starts the demo target that burn brings along, so this file runs as it is. For the real thing',
    'set url to your address, or leave it out for that of the preset:',
    `  ${preset.url}`,
  ]
  const model = preset.model === undefined ? [] : [`and model to one that it knows, such as ${preset.model}`]
  const key = auth === undefined ? [] : ['and add the key, which stays in the environment:', `  auth: ${flow(auth)}`]
  return [...lines, ...model, ...key].join('\n')
}

function flow(auth: Data): string {
  const parts = Object.entries(auth).map(
    ([key, value]) => `${key}: ${String(value).startsWith('$') ? JSON.stringify(value) : value}`,
  )
  return `{ ${parts.join(', ')} }`
}

/** Returns the target block for an address without a preset, with the simplest mapping of replies. */
function plainTarget({ url, model, keyVariable }: TargetChoice): ChosenTarget {
  const auth = keyVariable ? { auth: { type: 'bearer', token: `\${env.${keyVariable}}` } } : {}
  return {
    target: { url, ...(model === undefined ? {} : { model }), ...auth },
    comment:
      'Sends { "message": … } and takes the text of the reply, unless request: and response: say otherwise;\npreset: names a known API.',
    vars: varsOf(url ?? ''),
    mock: false,
  }
}

function authOf(preset: Preset, variable: string | undefined, url: string): Data | undefined {
  if (preset.auth.type === 'none' || variable === undefined || variable === '') return undefined
  // A server on this machine rarely needs a key, so a missing variable must not stop the run.
  const reference = LOOPBACK.test(url) ? `\${env.${variable}:-no-key-needed}` : `\${env.${variable}}`
  return preset.auth.type === 'apiKey'
    ? { type: 'apiKey', name: preset.auth.name, value: reference }
    : { type: 'bearer', token: reference }
}

/** The variables that are part of some providers' addresses, each with its meaning: the name of a resource at Azure, a region at AWS. */
const IN_ADDRESSES: Readonly<Record<string, string>> = {
  resource: '${env.AZURE_OPENAI_RESOURCE:-my-resource}',
  region: '${env.AWS_REGION:-us-east-1}',
}

/** Returns the variables in an address, with sample values. */
function varsOf(url: string): Data {
  return Object.fromEntries(Object.entries(IN_ADDRESSES).filter(([name]) => url.includes(`{{${name}}}`)))
}

function realComment(preset: Preset, choice: TargetChoice, auth: Data | undefined): string {
  const address = choice.url === undefined ? `\nAddress: ${preset.url}` : ''
  const key = auth === undefined ? '' : '\nThe key comes from the environment and is masked in everything that is written.'
  return `${preset.describe}.${address}${key}\nurl: "mock:" in its place sends the same to the demo target that burn brings along.`
}
