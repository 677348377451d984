/** The schema of the `target:` block: where the load is sent, in which protocol and format, and with which time limits. */
import * as z from 'zod'
import { authSchema } from '../../auth/index.ts'
import { connectors } from '../../connectors/index.ts'
import { localAddressesSchema } from '../../connectors/wire/local/addresses.ts'
import { tlsSchema } from '../../connectors/wire/tls.ts'
import { requestMapping, responseMapping } from '../../dialects/generic/mapping.ts'
import { dialects } from '../../dialects/index.ts'
import { presetAliases, presets } from '../../dialects/presets.ts'
import { lateObject, positiveDuration, size, templated } from '../../fields.ts'
import { lengthSchema } from '../../payloads/lengths.ts'
import type { Path } from '../read/source/source.ts'
import { breakerSchema } from './breaker.ts'
import { rateLimitSchema } from './rate-limit.ts'
import { tagsSchema } from './tags.ts'

/** Makes an enum schema of the keys of a registry. */
const keysOf = <T extends object>(registry: T) => z.enum(Object.keys(registry) as [string, ...string[]])

/** The schema of a `timeouts` block: how long to wait for each stage of an attempt. Its output is in ms. */
export const timeoutsSchema = lateObject(() => ({
  connect: positiveDuration().optional().describe('To a usable connection: name, TCP, TLS, handshake. Default 10s'),
  firstByte: positiveDuration().optional().describe('From sent to the first byte of the reply. Default: as firstToken'),
  firstToken: positiveDuration().optional().describe('From sent to the first generated unit. Default 60s'),
  idle: positiveDuration().optional().describe('Longest silence inside a reply. Default 30s'),
  total: positiveDuration().optional().describe('From sent to the end of the reply. Default 120s'),
})).describe('How long to wait for each stage of an attempt; a missed deadline fails it')

const positiveSize = () => size().refine((bytes) => bytes > 0, 'must be larger than zero')

const limitsSchema = lateObject(() => ({
  reply: positiveSize().optional().describe('Largest reply; a larger one fails as too_big. Default 16MiB'),
  event: positiveSize()
    .optional()
    .describe('Largest event of a stream, in characters; a larger one fails as too_big. Default 1MiB'),
})).describe('Largest reply that burn reads, and holds in memory for each user')

const price = () => z.number().min(0).max(1e6)

/** Makes the schemas of token prices. `beside` says, in the descriptions, what else the scenario must set. */
const tokenPrices = (beside: string) => ({
  inputPer1M: price().optional().describe(`Price of a million input tokens; ${beside}`),
  cachedPer1M: price().optional().describe('Price of a million input tokens read from a cache. Default: as inputPer1M'),
  cacheWritePer1M: price()
    .optional()
    .describe(
      'Price of a million input tokens written to a cache, for five minutes where that matters. Default: as inputPer1M; dialect anthropic: 1.25 times that',
    ),
  cacheWrite1hPer1M: price()
    .optional()
    .describe(
      'Price of a million input tokens written to a cache for an hour. Default: as cacheWritePer1M; dialect anthropic: twice inputPer1M',
    ),
  outputPer1M: price().optional().describe('Price of a million output tokens, reasoning included'),
  reasoningPer1M: price()
    .optional()
    .describe('Price of a million output tokens that are reasoning, where it differs. Default: as outputPer1M'),
})

const longPromptSchema = lateObject(() => ({
  tokens: z.int().min(1).describe('These prices hold for prompts with more than this number of tokens'),
  ...tokenPrices('default: as for short prompts'),
})).describe('Prices of a whole request with a long prompt; those left out are the ones of short prompts')

const pricingSchema = lateObject(() => ({
  ...tokenPrices('needed, with outputPer1M, unless there is perHour'),
  above: longPromptSchema.optional(),
  perHour: price()
    .optional()
    .describe('Price of an hour of your own hardware: the result then says what a million output tokens cost'),
  currency: z.string().min(1).max(10).optional().describe('Currency of the prices, such as USD, printed with every sum'),
  asOf: z
    .string()
    .refine((day) => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)), 'expected a day such as 2026-01-15')
    .optional()
    .describe('Day on which the prices held, such as 2026-01-15; burn warns when that is more than 90 days ago'),
}))
  .refine((p) => (p.inputPer1M === undefined) === (p.outputPer1M === undefined), 'inputPer1M and outputPer1M go together')
  .refine((p) => (p.inputPer1M ?? p.perHour) !== undefined, 'prices need inputPer1M and outputPer1M, or perHour')
  .describe('Prices of the model; without them there is no metric `cost`')

const protocolBlocks = Object.fromEntries(
  Object.entries(connectors).map(([name, connector]) => [name, connector.options.optional()]),
) as unknown as { [K in keyof typeof connectors]: z.ZodOptional<(typeof connectors)[K]['options']> }

/** The schema of the block of one target: where requests go, in which protocol and API format, and with which limits. */
export const targetSchema = lateObject(() => ({
  preset: keysOf({ ...presets, ...presetAliases })
    .optional()
    .describe('A known API: address, headers and reply format; every key beside it overrides it'),
  url: templated()
    .optional()
    .describe(
      'Full address; without a scheme it takes that of `protocol`; a server or the base of an API, such as `http://host/v1`, takes the path of the preset; `mock:` starts the embedded mock by itself',
    ),
  protocol: keysOf(connectors).optional().describe('Protocol; left out: by the preset or the scheme of the URL'),
  dialect: keysOf(dialects).optional().describe('Reply format; left out: what the preset says, else generic'),
  model: templated().optional().describe('Model name, also `{{model}}` in url and templates'),
  stream: z.boolean().optional().describe('Ask for a streamed reply. Default true for presets that can'),
  maxTokens: z
    .union([
      lengthSchema,
      templated().refine(
        (text) => /^\s*\d*\s*$|\{\{|\$\{/.test(text),
        'expected a whole number of tokens, or a text with a template',
      ),
    ])
    .optional()
    .describe(
      'Longest reply to ask for, in tokens: a number, a distribution to draw it from for each message, or a text with a template such as {{trace.outputTokens}}, which asks for no bound when it is empty or 0',
    ),
  temperature: z.number().min(0).max(10).optional().describe('Sampling temperature'),
  modelSeed: z.int().optional().describe("Seed handed to the model, not burn's own"),
  body: z
    .record(z.string(), z.json())
    .optional()
    .describe('Extra fields, merged into the request body last; strings may hold templates'),
  request: requestMapping.optional().describe('How a message becomes a request body (dialect generic)'),
  response: responseMapping
    .optional()
    .describe('Where text, usage, errors and the end are in a reply (dialect generic; `end` with every dialect)'),
  headers: z
    .record(z.string(), templated())
    .optional()
    .describe('Headers (gRPC: metadata) of every request; values may hold templates'),
  query: z.record(z.string(), templated()).optional().describe('Query parameters of every request; values may hold templates'),
  auth: authSchema.optional(),
  tls: tlsSchema.optional(),
  localAddresses: localAddressesSchema.optional(),
  timeouts: timeoutsSchema.optional(),
  limits: limitsSchema.optional(),
  onRateLimit: z
    .enum(['fail', 'pause'])
    .optional()
    .describe(
      'What a reply with status 429 means for other users. fail: nothing; pause: no user of this process sends to the target until the wait that it asks for is over. Default fail',
    ),
  rateLimit: rateLimitSchema.optional(),
  circuitBreaker: breakerSchema.optional(),
  ...protocolBlocks,
  pricing: pricingSchema.optional(),
  tags: tagsSchema.optional(),
  mock: z
    .record(z.string(), z.json())
    .optional()
    .describe('Settings of the embedded mock, for a `mock:` URL (see `burn mock --help`)'),
})).describe('Where the load goes')

/** The block of one target of a scenario (address, protocol, authentication …), after validation. */
export type TargetBlock = z.output<typeof targetSchema>

/** The keys of a scenario that hold its targets. */
interface TargetKeys {
  readonly target?: TargetBlock | undefined
  readonly targets?: Readonly<Record<string, TargetBlock>> | undefined
}

/** Returns the targets of a scenario by name. The target under the key `target:` has the name "target". */
export function targetsOf(scenario: TargetKeys): Readonly<Record<string, TargetBlock>> {
  return scenario.targets ?? (scenario.target === undefined ? {} : { target: scenario.target })
}

/**
 * Returns the path in the scenario at which the target `name` is described: `target` for the only target, `targets` and the name for one of several.
 */
export function targetPath({ targets }: Pick<TargetKeys, 'targets'>, name: string): Path {
  return targets === undefined ? ['target'] : ['targets', name]
}
