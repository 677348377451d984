/** The schemas and types of the lines in a run's journal, and functions that test lines. Used only by code that reads journals. */
import * as z from 'zod'

const headerSchema = z.object({
  journal: z.string().describe('Format version of the journal'),
  runId: z.string(),
  scenarioName: z.string(),
  scenarioFile: z.string().nullable(),
  scenarioHash: z.string(),
  seed: z.string(),
  startTime: z.number().describe('Epoch ms: what the `…AtMs` of the entries count from'),
  level: z.string().describe('As given with `--log`'),
})

const soFarSchema = z.object({
  planned: z.number(),
  started: z.number(),
  ok: z.number(),
  failed: z.number(),
  cut: z.number(),
  dropped: z.number(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
  windowMs: z.number().describe('Length of the measured phases so far, in ms'),
})

const usageSchema = z.object({
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  cachedInputTokens: z.number().nullable().exactOptional(),
  cacheWriteTokens: z.number().nullable().exactOptional(),
  reasoningTokens: z.number().nullable().exactOptional(),
  source: z.string(),
})

const serverTimesSchema = z.object({
  sources: z.array(z.string()).readonly().describe('Servers that reported the times: `vLLM`, `llama.cpp`'),
  queueMs: z.number().exactOptional(),
  prefillMs: z.number().exactOptional(),
  decodeMs: z.number().exactOptional(),
  totalMs: z.number().exactOptional(),
  overheadMs: z.number().exactOptional().describe('What a gateway added'),
  networkMs: z.number().exactOptional().describe('Metric network, below 0 when clocks or definitions differ'),
})

const partSchema = z.object({
  text: z.string().exactOptional(),
  image: z.string().exactOptional(),
  audio: z.string().exactOptional(),
  file: z.string().exactOptional(),
  type: z.string().exactOptional().describe('Media type'),
  sha256: z.string().exactOptional().describe('Of the content, which the journal does not hold'),
})

const entrySchema = z.object({
  runId: z.string(),
  user: z.number(),
  iteration: z.number(),
  step: z.string(),
  attempt: z.number().describe('1 for the first try, more for retries'),
  phase: z.string().describe('Phase of the load'),
  target: z.string(),
  intendedAtMs: z.number().describe('`…AtMs` are ms since the run began; null for what never happened'),
  sentAtMs: z.number().nullable(),
  endedAtMs: z.number(),
  ttfbMs: z.number().nullable().describe('From the send, in ms, like ttftMs'),
  ttftMs: z.number().nullable(),
  lastTokenMs: z.number().exactOptional().describe('Left out of replies without generated text, like longestGapMs and frames'),
  longestGapMs: z
    .number()
    .exactOptional()
    .describe('Longest silence between two pieces of generated text; left out of a single piece'),
  tpotMs: z.number().exactOptional().describe('Metric tpot; left out when it cannot be formed'),
  frames: z.number().exactOptional().describe('Deliveries with generated text'),
  outcome: z.enum(['ok', 'failed', 'cut']),
  failure: z.object({ class: z.string(), phase: z.string(), message: z.string() }).nullable(),
  fault: z
    .string()
    .exactOptional()
    .describe(
      'Kinds of the faults that `faults` injected into the attempt or on its connection (latency+slice); `earlier` after an injected failure; left out of others',
    ),
  reused: z.boolean().exactOptional().describe('On a connection that had carried an exchange before; left out of others'),
  status: z.number().nullable(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
  prompt: z.string().describe('What the user said, or the body that was sent'),
  parts: z
    .array(partSchema)
    .readonly()
    .exactOptional()
    .describe('The parts of the message, as a scenario writes them; left out of a message of one text'),
  tools: z.array(z.string()).readonly().exactOptional().describe('Names of the tools that were offered; left out without any'),
  toolCalls: z
    .array(z.object({ name: z.string(), arguments: z.string() }))
    .readonly()
    .exactOptional()
    .describe('The tools that the reply calls, at most 128; left out without any'),
  callsAnswered: z
    .boolean()
    .exactOptional()
    .describe(
      'True for a reply whose calls the scenario answers (`toolReply`): no answer to the message yet; left out of others',
    ),
  toolRound: z
    .number()
    .exactOptional()
    .describe('Which answer to calls of tools the attempt is, from 1; the prompt shows the results. Left out of messages'),
  reply: z.string().describe('Generated text; of a reply without any, the beginning of what came'),
  reasoning: z.string().exactOptional(),
  usage: usageSchema.nullable(),
  server: serverTimesSchema.exactOptional().describe('Times that the server reported, in ms; left out when it reported none'),
  cost: z
    .number()
    .exactOptional()
    .describe('In the currency of the prices; left out when these or the token counts are not known'),
  tags: z.record(z.string(), z.string()).exactOptional().describe('Tags of the scenario; left out when it has none'),
  finishReason: z.string().nullable(),
  repeated: z.boolean().exactOptional().describe('The reply begins as the one before it in the conversation; left out of others'),
  warnings: z.array(z.string()).readonly(),
  badBytes: z
    .string()
    .exactOptional()
    .describe('With the warning `bad_utf8`: the first bad bytes and the line around them, base64'),
  checks: z
    .array(z.object({ check: z.string(), passed: z.boolean(), observed: z.string().exactOptional() }).readonly())
    .readonly()
    .exactOptional(),
  soFar: soFarSchema
    .exactOptional()
    .describe('What the whole run had counted when this attempt ended, warm-ups left out; older journals have none'),
})

/** The first line of a run's journal (`sessions.jsonl`, which has a line for each attempt): facts about the run. */
export type JournalHeader = Readonly<z.infer<typeof headerSchema>>
/**
 * What the whole run had counted (attempts by outcome, bytes and so on) when one attempt ended; the journal stores it in that attempt's line. It
 * includes attempts that the journal does not record, but none of warm-ups.
 */
export type CountsSoFar = Readonly<z.infer<typeof soFarSchema>>
/** A line of a run's journal that describes one attempt; every line except the first is of this form. */
export type JournalEntry = Readonly<z.infer<typeof entrySchema>>

/** True when a parsed line of a file is the first line of a run's journal, the header. */
export function isJournalHeader(value: unknown): value is JournalHeader {
  return headerSchema.safeParse(value).success
}

/** True when a parsed line of a file is a line of a run's journal that describes an attempt. */
export function isJournalEntry(value: unknown): value is JournalEntry {
  return entrySchema.safeParse(value).success
}
