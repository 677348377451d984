/** What one line of the conversation journal holds, and which attempts get one. */
import { UsageError } from '../errors.ts'
import type { Failure, Outcome, Usage } from '../exchange.ts'
import { all, misfit, object, oneOf } from './shape.ts'

export const JOURNAL_VERSION = '1.0'

/** The first line of a journal. */
export interface JournalHeader {
  readonly journal: string
  readonly runId: string
  readonly scenarioName: string
  readonly scenarioFile: string | null
  readonly scenarioHash: string
  readonly seed: string
  /** Epoch ms: what the `…AtMs` of the entries count from. */
  readonly startTime: number
  /** As given with `--log`. */
  readonly level: string
}

/** One attempt. `…AtMs` are ms since the run began; null for what never happened. */
export interface JournalEntry {
  readonly runId: string
  readonly user: number
  readonly iteration: number
  readonly step: string
  /** 1 for the first try, more for retries. */
  readonly attempt: number
  /** Phase of the load. */
  readonly phase: string
  readonly target: string
  readonly intendedAtMs: number
  readonly sentAtMs: number | null
  readonly endedAtMs: number
  /** Durations from the send, ms. */
  readonly ttfbMs: number | null
  readonly ttftMs: number | null
  readonly outcome: Outcome
  readonly failure: Failure | null
  /** On a connection that had carried an exchange before; left out of others. */
  readonly reused?: boolean
  readonly status: number | null
  readonly bytesSent: number
  readonly bytesReceived: number
  /** What the user said, or the body that was sent. */
  readonly prompt: string
  /** Generated text; of a reply without any, the beginning of what came. */
  readonly reply: string
  readonly reasoning?: string
  readonly usage: Usage | null
  readonly finishReason: string | null
  readonly warnings: readonly string[]
  /** With the warning `bad_utf8`: the first bad bytes and the line around them, base64. */
  readonly badBytes?: string
  readonly checks?: readonly { readonly check: string; readonly passed: boolean; readonly observed?: string }[]
}

/** Which attempts are journalled. A sample is of whole iterations, so that conversations stay whole. */
export type LogLevel =
  | { readonly kind: 'all' }
  | { readonly kind: 'errors' }
  | { readonly kind: 'none' }
  | { readonly kind: 'sample'; readonly share: number }

const WORDS = ['all', 'errors', 'none'] as const

/**
 * Reads `all`, `errors`, `none` or `sample:0.1`.
 * @throws UsageError
 */
export function parseLogLevel(text: string): LogLevel {
  const word = WORDS.find((known) => known === text)
  if (word) return { kind: word }
  const share = /^sample:(\d*\.?\d+)$/.exec(text)?.[1]
  if (share !== undefined && Number(share) > 0 && Number(share) <= 1) return { kind: 'sample', share: Number(share) }
  throw new UsageError(
    `unknown log level "${text.slice(0, 40)}"`,
    'expected all, errors, none or sample:SHARE with a share above 0 and at most 1, such as sample:0.1',
  )
}

/** The level as it is written on the command line. */
export function logLevelText(level: LogLevel): string {
  return level.kind === 'sample' ? `sample:${level.share}` : level.kind
}

const HEADER = object({
  ...all('string', 'journal', 'runId', 'scenarioName', 'scenarioHash', 'seed', 'level'),
  scenarioFile: 'string?',
  startTime: 'number',
})
const ENTRY = object({
  ...all('string', 'runId', 'step', 'phase', 'target', 'prompt', 'reply'),
  ...all('number', 'user', 'iteration', 'attempt', 'intendedAtMs', 'endedAtMs', 'bytesSent', 'bytesReceived'),
  ...all('number?', 'sentAtMs', 'ttfbMs', 'ttftMs', 'status'),
  outcome: oneOf('ok', 'failed', 'cut'),
  failure: { nullable: object(all('string', 'class', 'phase', 'message')) },
  reasoning: { optional: 'string' },
  usage: { nullable: object({ ...all('number?', 'inputTokens', 'outputTokens'), source: 'string' }) },
  finishReason: 'string?',
  warnings: ['string'],
  reused: { optional: 'boolean' },
  badBytes: { optional: 'string' },
  checks: { optional: [object({ check: 'string', passed: 'boolean', observed: { optional: 'string' } })] },
})

export function isJournalHeader(value: unknown): value is JournalHeader {
  return misfit(value, HEADER) === undefined
}

export function isJournalEntry(value: unknown): value is JournalEntry {
  return misfit(value, ENTRY) === undefined
}
