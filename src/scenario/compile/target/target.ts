/** Compiles a `target:` block to a planned target, from preset, defaults and overrides. */

import { connectorNamed, connectors } from '../../../connectors/index.ts'
import type { Connector } from '../../../connectors/wire/connector.ts'
import { MAX_EVENT_LENGTH } from '../../../dialects/framing/frames.ts'
import { dialectNamed } from '../../../dialects/index.ts'
import type { Dialect, Preset } from '../../../dialects/parts/dialect.ts'
import { MAX_REPLY_BYTES } from '../../../exchange.ts'
import { compileTemplate, compileTree } from '../../../language/template/template.ts'
import type { TargetBlock } from '../../schema/target.ts'
import type { PlannedTarget, Timeouts } from '../plan.ts'
import { compileTags } from '../tags.ts'
import { optionsOf } from './options.ts'
import { authOf, chosenPreset, MOCK, protocolOf, urlOf, usualPathOf } from './preset.ts'
import { billingOf, pricingOf } from './pricing.ts'
import { checkStream, replyTokensOf } from './streaming.ts'
import { UnusableTarget } from './unusable.ts'

const DEFAULT_TIMEOUTS = { connect: 10_000, firstToken: 60_000, idle: 30_000, total: 120_000 } as const

/**
 * Returns the time-outs of a target or step. Values that `own` lacks come from `base`: the time-outs of the step's target, or the defaults for a
 * target. If `own` has `firstToken` and no `firstByte`, both limits are the same.
 */
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

function connectorOf(protocol: string): Connector {
  const connector = connectorNamed(protocol)
  if (connector) return connector
  throw new UnusableTarget(['protocol'], `there is no protocol "${protocol}"`, `one of ${Object.keys(connectors).join(', ')}`)
}

function dialectOf(block: TargetBlock, preset: Preset | undefined): { name: string; dialect: Dialect } {
  const name = block.dialect ?? preset?.dialect ?? 'generic'
  const dialect = dialectNamed(name)
  if (dialect) return { name, dialect }
  throw new UnusableTarget(['dialect'], `there is no dialect "${name}"`, 'see `burn schema`')
}

/**
 * Rejects mappings for any dialect but `generic`: other dialects know the form of requests and replies. Only `response.end` may be set for them,
 * because it differs between servers.
 */
function refuseMapping({ request, response }: TargetBlock, dialectName: string): void {
  const other = Object.keys(response ?? {}).find((key) => key !== 'end')
  if (request === undefined && other === undefined) return
  throw new UnusableTarget(
    request ? ['request'] : ['response', other ?? ''],
    `a mapping belongs to dialect generic, this is ${dialectName}`,
    'leave it out (response.end may stay), or set dialect: generic',
  )
}

/** How long a circuit breaker stays open by default, in ms. */
const DEFAULT_PAUSE_MS = 30_000

/** The keys of a target block whose values may contain templates. */
export const TEMPLATED = ['url', 'model', 'headers', 'query', 'auth', 'body', 'request', 'response', 'tags', 'maxTokens'] as const

/** Compiles the block of one target, which must fit the schema. @throws UnusableTarget or TemplateError when a part of it cannot be used */
export function compileTarget(block: TargetBlock, name = 'target'): PlannedTarget {
  const protocol = protocolOf(block)
  const connector = connectorOf(protocol)
  const own = (block as Record<string, unknown>)[protocol]
  const preset = chosenPreset(block, own, connector)
  const { name: dialectName, dialect } = dialectOf(block, preset)
  if (dialectName !== 'generic') refuseMapping(block, dialectName)
  const url = urlOf(block, protocol, preset)
  checkStream(block, connector, dialect, url)
  const auth = authOf(block, preset, connector)
  return {
    name,
    protocol,
    connector,
    options: optionsOf(own, url, preset, connector),
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
      stream: block.stream ?? (dialect.isTextless ? false : dialectName !== 'generic' || block.response?.delta !== undefined),
      maxTokens: typeof block.maxTokens === 'number' ? block.maxTokens : undefined,
      limitField: dialectName === preset?.dialect ? preset.limitField : undefined,
      temperature: block.temperature,
      seed: block.modelSeed,
      body: preset?.body || block.body ? { ...preset?.body, ...block.body } : undefined,
    },
    modelOfPreset: block.model === undefined && preset?.model !== undefined,
    replyTokens: replyTokensOf(block),
    omit: preset?.omit ?? [],
    pricing: pricingOf(block.pricing, dialectName),
    billing: billingOf(block.pricing),
    model: compileTemplate(block.model ?? preset?.model ?? ''),
    body: compileTree(preset?.body || block.body ? { ...preset?.body, ...block.body } : undefined),
    address: { tls: block.tls ?? {} },
    localAddresses: block.localAddresses,
    url: compileTemplate(url),
    completed: url !== block.url && block.url !== undefined && block.url !== MOCK,
    usualPath: usualPathOf(dialectName, preset),
    headers: compileTree({
      ...(block.stream === false || dialect.isTextless ? connector.whole : {}),
      ...preset?.headers,
      ...block.headers,
    }),
    query: compileTree({ ...block.query }),
    auth: auth && { block: auth, tree: compileTree(auth) },
    timeouts: mergeTimeouts(block.timeouts),
    onRateLimit: block.onRateLimit ?? 'fail',
    rateLimit: rateLimitOf(block.rateLimit),
    breaker: breakerOf(block.circuitBreaker),
    limits: { replyBytes: block.limits?.reply ?? MAX_REPLY_BYTES, eventLength: block.limits?.event ?? MAX_EVENT_LENGTH },
    tags: compileTags(block.tags),
    mock: url.startsWith(MOCK) ? (block.mock ?? {}) : undefined,
  }
}

function breakerOf(block: TargetBlock['circuitBreaker']): PlannedTarget['breaker'] {
  if (block === undefined) return undefined
  const { errors: share, over: overMs, min, pause = DEFAULT_PAUSE_MS } = block
  return { share, overMs, min, pauseMs: block.do === 'stop' ? undefined : pause }
}

function rateLimitOf(block: TargetBlock['rateLimit']): PlannedTarget['rateLimit'] {
  if (block === undefined) return undefined
  const { requests, burst = 1, tokens, tokenBurst, scope, whenFull } = block
  return {
    requests: requests === undefined ? undefined : { perSecond: requests, burst },
    tokens: tokens === undefined ? undefined : { perSecond: tokens, burst: tokenBurst ?? Math.max(1, tokens) },
    scope,
    whenFull,
  }
}
