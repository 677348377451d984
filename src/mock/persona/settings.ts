/** The settings of the mock: one schema for flags, `mock:` targets, headers and tests. */
import * as z from 'zod'
import { UsageError } from '../../errors.ts'
import { lateObject } from '../../fields.ts'
import { PERSONA_NAMES, personaSettings } from './personas.ts'

const milliseconds = z.number().min(0).max(3_600_000)
const share = z.number().min(0).max(1).default(0)
const count = z.int().min(0).max(1_000_000)

/**
 * The names of the mock's settings for random faults, one for each fault. Each setting is the fraction of the requests (0 to 1) that get the fault.
 */
export const RATES = [
  'errorRate',
  'rateLimitRate',
  'gatewayTimeoutRate',
  'midStreamErrorRate',
  'truncateRate',
  'resetRate',
  'stallRate',
  'emptyRate',
] as const

/**
 * A schema for the mock's settings. Every field has a default or may be left out, so `{}` is valid; unknown keys are errors, and so are fault rates
 * whose sum is above 1.
 */
export const mockSettings = lateObject(() => ({
  seed: z
    .int()
    .min(0)
    .max(0xffff_ffff)
    .default(1)
    .describe('Seed of texts, faults and jitter; the same seed gives the same sequence'),
  persona: z.enum(PERSONA_NAMES).default('default').describe('What the replies talk about, and the faults that go with it'),
  replies: z
    .enum(['words', 'xml', 'repetitive', 'grades'])
    .default('words')
    .describe(
      'Form of the text: words, an XML document, one sentence over and over, the same to every message, or the grades that `judge:` asks for',
    ),
  firstBias: share.describe('With `replies: grades`: the share of compared pairs in which the first reply wins whatever it says'),

  firstTokenMs: milliseconds.default(40).describe('Time from the complete request to the first generated unit, in ms'),
  gapMs: milliseconds.default(5).describe('Time between neighbouring generated chunks, in ms'),
  jitterMs: milliseconds.default(0).describe('Up to this much is added to the due time of each chunk, in ms'),
  delay: z
    .strictObject({
      multiplier: count.describe('Factor of the request number'),
      modulus: z.int().min(1).max(1_000_000).describe('The delays lie in 0 … modulus − 1 ms'),
    })
    .optional()
    .describe('Known distribution: request k (from 0) waits (multiplier × k mod modulus) ms for its first token or plain answer'),
  slowHeadersMs: milliseconds.default(0).describe('Wait before the status line, added to all that follows, in ms'),

  prefillMs: milliseconds
    .default(0)
    .describe(
      'Time to read 1,000 prompt tokens that are not in the cache, in ms; delays the first token of chat replies over HTTP',
    ),
  cache: z
    .enum(['none', 'reported', 'silent'])
    .default('none')
    .describe(
      'Keep prompts in a cache: a beginning that was read before (blocks of 16 tokens) takes no time. The usage reports cached tokens (reported) or not (silent)',
    ),
  slots: count
    .default(0)
    .describe(
      'Largest number of chat replies over HTTP that are worked on at once; more wait in a queue, first come, first served. 0: no limit',
    ),
  tokens: count.default(24).describe('Tokens of visible text in each reply'),
  tokensPerChunk: z.int().min(1).max(10_000).default(1).describe('Tokens in each chunk of a stream'),
  reasoningTokens: count.default(0).describe('Reasoning tokens before the text; 0 for a model without reasoning'),

  toolRounds: count
    .default(0)
    .describe(
      'How many replies in a row call tools, when a request offers some, before the text comes; 0 for a model that calls none',
    ),
  toolCalls: z.int().min(1).max(100).default(1).describe('Calls of tools in each such reply; the tools take turns'),

  errorRate: share.describe('Share of requests answered with an HTTP error'),
  errorStatus: z.int().min(400).max(599).default(500).describe('HTTP status of those errors'),
  rateLimitRate: share.describe('Share of requests answered 429'),
  rateLimitEvery: count.default(0).describe('Every n-th request is answered 429; 0 for none'),
  retryAfterSeconds: z.int().min(0).max(86_400).default(1).describe('Retry-After of a 429, in s'),
  retryAfterSpreadSeconds: z.int().min(0).max(86_400).default(0).describe('Up to this much is added to Retry-After, in s'),
  gatewayTimeoutRate: share.describe('Share of requests that hang and are then answered 504'),
  gatewayTimeoutMs: milliseconds.default(10_000).describe('How long those hang, in ms'),
  midStreamErrorRate: share.describe('Share of streams that begin well and then carry an error'),
  truncateRate: share.describe('Share of replies that end cleanly before they are complete'),
  resetRate: share.describe('Share of replies whose connection is reset half-way'),
  stallRate: share.describe('Share of replies that stop half-way and stay silent, for at most five minutes'),
  emptyRate: share.describe('Share of replies that are complete and hold no text'),
  faultAfter: z.number().min(0).max(1).default(0.5).describe('Share of a reply that is sent before it breaks'),
  status: z.int().min(400).max(599).optional().describe('Answer everything with this HTTP status'),
  unavailableAfter: count.optional().describe('Answer 503 from this request number (from 0) on'),
  unavailableFor: count.optional().describe('How many requests that lasts; for ever when left out'),

  endMarker: z.boolean().default(true).describe('Send the last frame of a stream ([DONE], message_stop, done: true …)'),
  splitUtf8: z.boolean().default(false).describe('Multi-byte replies whose characters are split between writes'),
  byteAtATime: z.boolean().default(false).describe('Write each byte on its own'),
  crlf: z.boolean().default(false).describe('CRLF line ends in event streams'),
  pings: count.default(0).describe('A ping or comment before every n-th chunk of an event stream; 0 for none'),
  stamps: z.boolean().default(false).describe('Add mock_sent_ms (CLOCK_MONOTONIC, ms) to every generated chunk'),
  timings: z
    .boolean()
    .default(false)
    .describe('Put server times into replies of the OpenAI chat API, as vLLM does: wait for a slot, prefill, decode'),
  tokenLifetimeSeconds: z.int().min(0).max(86_400).default(3600).describe('expires_in of issued tokens, in s'),
})).refine((settings) => RATES.reduce((sum, rate) => sum + settings[rate], 0) <= 1 + 1e-9, {
  message: 'the fault rates add up to more than 1: a request has at most one fault',
})

/** The complete settings of the mock, with defaults filled in. */
export type MockSettings = z.output<typeof mockSettings>

/** The settings of the mock that a user gives. Missing ones come from the chosen persona (a ready-made behaviour), then from the defaults. */
export type MockOverrides = z.input<typeof mockSettings>

/**
 * Returns the mock's settings `overrides`, with those of `extra` in addition to them or in their place. If `extra` has a fault rate, all fault rates
 * of `overrides` become 0, so that a request that asks for one fault gets no other random ones. Settings such as `status` and `rateLimitEvery` stay.
 */
export function withExtra(overrides: MockOverrides, extra: object): object {
  const own = RATES.some((rate) => Object.hasOwn(extra, rate))
  return { ...overrides, ...(own ? NO_FAULTS : {}), ...extra }
}

const NO_FAULTS = Object.fromEntries(RATES.map((rate) => [rate, 0]))

/**
 * Returns complete settings of the mock. Missing settings are taken from the persona (a ready-made behaviour), and then from the defaults.
 * @throws UsageError for an invalid setting
 */
export function resolveSettings(overrides: unknown): MockSettings {
  const persona = z.looseObject({ persona: z.enum(PERSONA_NAMES).default('default') }).safeParse(overrides)
  const merged = persona.success ? { ...personaSettings(persona.data.persona), ...persona.data } : overrides
  const parsed = mockSettings.safeParse(merged)
  if (parsed.success) return parsed.data
  throw new UsageError(`bad mock settings: ${z.prettifyError(parsed.error)}`)
}
