/** A `target:` block becomes a planned target: preset, defaults and overrides put together, templates compiled. */
import { type AuthBlock, secretsOf } from '../../auth/index.ts'
import { connectorNamed, connectors, DEFAULT_PROTOCOL, protocolOfAddress, runsOverAnother } from '../../connectors/index.ts'
import type { Connector } from '../../connectors/wire/connector.ts'
import { MAX_EVENT_LENGTH } from '../../dialects/framing/frames.ts'
import { dialectNamed } from '../../dialects/index.ts'
import type { Dialect, Preset } from '../../dialects/parts/dialect.ts'
import { presetNamed, presets } from '../../dialects/presets.ts'
import { MAX_REPLY_BYTES } from '../../exchange.ts'
import { compileTemplate, compileTree } from '../../language/template/template.ts'
import { isMap } from '../../text/json.ts'
import { isSecretName } from '../../text/secrets.ts'
import type { TargetBlock } from '../schema/target.ts'
import { mapAt } from '../schema/written-steps.ts'
import { completeAddress } from './address.ts'
import { completedUrl, pathOf } from './base-address.ts'
import type { PlannedTarget, Timeouts } from './plan.ts'
import { pricingOf } from './pricing.ts'
import { asAsked, checkStream } from './streaming.ts'
import { compileTags } from './tags.ts'
import { TargetFault } from './target-fault.ts'

export { TargetFault }

const DEFAULT_TIMEOUTS = { connect: 10_000, firstToken: 60_000, idle: 30_000, total: 120_000 } as const

/** Returns the time-outs of a step or target; those it does not set come from the level above. */
export function mergeTimeouts(
  own: TargetBlock['timeouts'],
  base: Omit<Timeouts, 'firstByte'> & { firstByte?: number } = DEFAULT_TIMEOUTS,
): Timeouts {
  const merged = { ...base, ...Object.fromEntries(Object.entries(own ?? {}).filter(([, ms]) => ms !== undefined)) }
  return {
    ...merged,
    firstByte: own?.firstByte ?? (own?.firstToken === undefined ? (base.firstByte ?? merged.firstToken) : merged.firstToken),
  }
}

const MOCK = 'mock:'

/** Returns the protocol of a target: its `protocol` key, else that of the scheme of its URL, else the preset's. */
export function protocolOf(block: TargetBlock): string {
  if (block.protocol) return block.protocol
  return protocolOfAddress(block.url ?? '') ?? presetOf(block)?.protocol ?? DEFAULT_PROTOCOL
}

function presetOf(block: TargetBlock): Preset | undefined {
  return block.preset === undefined ? undefined : presetNamed(block.preset)
}

function connectorOf(protocol: string): Connector {
  const connector = connectorNamed(protocol)
  if (connector) return connector
  throw new TargetFault(['protocol'], `there is no protocol "${protocol}"`, `one of ${Object.keys(connectors).join(', ')}`)
}

/** What `mock:` alone means, unless the block says where to send what. */
function demoOf({ url, request }: TargetBlock, own: unknown, { place }: Connector): Preset | undefined {
  if (place?.mock === undefined || url !== MOCK || request !== undefined) return undefined
  return place.mock.unless.every((key) => mapAt(own, [])[key] === undefined) ? presetNamed(place.mock.preset) : undefined
}

function urlOf(block: TargetBlock, protocol: string, preset: Preset | undefined): string {
  const url = block.url === undefined ? undefined : completeAddress(block.url, protocol)
  if (url === undefined && preset === undefined) {
    throw new TargetFault([], 'a target needs a url or a preset', 'url: http://127.0.0.1:8080/chat, or preset: openai-chat')
  }
  if (url === undefined) return preset?.url ?? ''
  if (url !== MOCK) return preset ? completedUrl(url, protocol, preset) : url
  return MOCK + (preset ? pathOf(preset.url) : '/chat')
}

/** Where such an API is on most servers. A dialect without a preset is that of the first preset that has it. */
function usualPathOf(dialect: string, own: Preset | undefined): string | undefined {
  const preset = own ?? Object.values(presets).find((one) => one.dialect === dialect)
  return preset === undefined || preset.dialect === 'generic' ? undefined : pathOf(preset.url).split('?')[0]
}

/** The key's place comes from the preset when the block does not name one. */
function authOf(block: TargetBlock, preset: Preset | undefined): AuthBlock | undefined {
  const { auth } = block
  if (auth?.type === 'apiKey' && preset?.auth.type === 'apiKey' && auth.name === 'x-api-key')
    return { ...auth, name: preset.auth.name }
  return auth
}

function dialectOf(block: TargetBlock, preset: Preset | undefined): { name: string; dialect: Dialect } {
  const name = block.dialect ?? preset?.dialect ?? 'generic'
  const dialect = dialectNamed(name)
  if (dialect) return { name, dialect }
  throw new TargetFault(['dialect'], `there is no dialect "${name}"`, 'see `burn schema`')
}

/**
 * The protocol's block. One from the file was parsed with the file and holds a default for every key that it left out: there the preset's
 * value stands. That of a preset is parsed here.
 */
function ownOptions(own: unknown, preset: Preset | undefined, connector: Connector): unknown {
  if (isMap(own) && preset?.options === undefined) return own
  const { success, data: ofPreset, error } = connector.options.safeParse(preset?.options ?? {})
  if (!success) {
    const { path = [], message } = error.issues[0] ?? {}
    const keys = [connector.protocol, ...path].join('.')
    throw new TargetFault([], `a target of ${connector.protocol} needs settings: ${keys}: ${message}`, `write ${keys}: …`)
  }
  if (!isMap(own) || !isMap(ofPreset)) return own ?? ofPreset
  const defaults = new Map(Object.entries(connector.options.parse({}) ?? {}))
  const leftOut = Object.entries(ofPreset).filter(([key]) => {
    const value: unknown = new Map(Object.entries(own)).get(key)
    return JSON.stringify(value) === JSON.stringify(defaults.get(key))
  })
  return { ...own, ...Object.fromEntries(leftOut) }
}

/** Where the path of the address belongs to what the protocol runs over, the preset's place goes into the options. */
function withPlace(options: unknown, url: string, preset: Preset | undefined, connector: Connector): unknown {
  if (preset?.protocol !== connector.protocol || !runsOverAnother(connector, url) || typeof options !== 'object') return options
  return { ...connector.place?.ofPath(pathOf(preset.url)), ...options }
}

/** Dialects know themselves what is where; only what ends a stream differs from server to server. */
function refuseMapping({ request, response }: TargetBlock, dialectName: string): void {
  const other = Object.keys(response ?? {}).find((key) => key !== 'end')
  if (request === undefined && other === undefined) return
  throw new TargetFault(
    request ? ['request'] : ['response', other ?? ''],
    `a mapping belongs to dialect generic, this is ${dialectName}`,
    'leave it out (response.end may stay), or set dialect: generic',
  )
}

/** Keys of a target block whose texts may hold templates. */
export const TEMPLATED = ['url', 'model', 'headers', 'query', 'auth', 'body', 'request', 'response', 'tags'] as const

/** Compiles a target block that fits the schema. @throws TargetFault, TemplateError when a part of it cannot be used */
export function compileTarget(block: TargetBlock, name = 'target'): PlannedTarget {
  const protocol = protocolOf(block)
  const connector = connectorOf(protocol)
  const own = (block as Record<string, unknown>)[protocol]
  const preset = asAsked(presetOf(block), block) ?? demoOf(block, own, connector)
  const { name: dialectName, dialect } = dialectOf(block, preset)
  if (dialectName !== 'generic') refuseMapping(block, dialectName)
  const url = urlOf(block, protocol, preset)
  checkStream(block, connector, dialectName, url)
  const auth = authOf(block, preset)
  return {
    name,
    protocol,
    connector,
    options: withPlace(ownOptions(own, preset, connector), url, preset, connector),
    dialectName,
    dialect,
    saysFormat: (block.preset ?? block.dialect ?? block.response) !== undefined,
    mapping: compileTree(
      block.request || block.response || dialectName === 'generic'
        ? { request: block.request ?? preset?.request, response: block.response ?? preset?.response }
        : undefined,
    ),
    chat: {
      model: block.model ?? preset?.model,
      stream: block.stream ?? (dialectName !== 'generic' || block.response?.delta !== undefined),
      maxTokens: block.maxTokens,
      limitField: dialectName === preset?.dialect ? preset.limitField : undefined,
      temperature: block.temperature,
      seed: block.modelSeed,
      body: preset?.body || block.body ? { ...preset?.body, ...block.body } : undefined,
    },
    modelOfPreset: block.model === undefined && preset?.model !== undefined,
    omit: preset?.omit ?? [],
    pricing: pricingOf(block.pricing, dialectName),
    model: compileTemplate(block.model ?? preset?.model ?? ''),
    body: compileTree(preset?.body || block.body ? { ...preset?.body, ...block.body } : undefined),
    address: { tls: block.tls ?? {} },
    url: compileTemplate(url),
    completed: url !== block.url && block.url !== undefined && block.url !== MOCK,
    usualPath: usualPathOf(dialectName, preset),
    headers: compileTree({ ...(block.stream === false ? connector.whole : {}), ...preset?.headers, ...block.headers }),
    query: compileTree({ ...block.query }),
    auth: auth && { block: auth, tree: compileTree(auth) },
    timeouts: mergeTimeouts(block.timeouts),
    onRateLimit: block.onRateLimit ?? 'fail',
    limits: { replyBytes: block.limits?.reply ?? MAX_REPLY_BYTES, eventLength: block.limits?.event ?? MAX_EVENT_LENGTH },
    tags: compileTags(block.tags),
    mock: url.startsWith(MOCK) ? (block.mock ?? {}) : undefined,
  }
}

/** Returns the values in a target block that are secret, such as tokens and passwords, so that output can leave them out. */
export function targetSecrets(block: TargetBlock): string[] {
  const inUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*:([^/@]+)@/i.exec(block.url ?? '')?.[1]
  const headers = Object.entries(block.headers ?? {}).filter(([name]) => isSecretName(name))
  return [
    ...(block.auth ? secretsOf(block.auth) : []),
    ...(inUrl ? [inUrl] : []),
    ...headers.map(([, value]) => value.replace(/^(Bearer|Basic|Token)\s+/i, '')),
    ...(block.tls?.passphrase ? [block.tls.passphrase] : []),
    ...Object.entries(block).flatMap(([key, own]) => (own === undefined ? [] : (connectorNamed(key)?.secrets?.(own) ?? []))),
  ]
}
