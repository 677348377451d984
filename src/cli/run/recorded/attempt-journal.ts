import { measuredMs } from '../../../engine/outcome/result-groups.ts'
import type { RunState } from '../../../engine/outcome/run-state.ts'
import type { SettledAttempt } from '../../../engine/user/run-context.ts'
import { timePerOutputToken } from '../../../metrics/counts/token-speed.ts'
import type { Plan } from '../../../scenario/compile/plan.ts'
import type { CountsSoFar, JournalEntry } from '../../../store/journal/entry.ts'
import { Journal } from '../../../store/journal/journal.ts'
import type { JournalLevel } from '../../../store/journal/level.ts'
import { messageFields } from '../../../store/journal/message-fields.ts'
import { signedNetwork } from '../../../usage.ts'
import { knownSecrets } from '../../output/known-secrets.ts'

/**
 * Opens the journal of a run, the file with a line for each attempt. `level` says which attempts it records; `maxBytes` is its largest size, with a
 * default when left out. @throws LocalError
 */
export function openJournal(path: string, plan: Plan, runId: string, level: JournalLevel, maxBytes?: number): Journal {
  const { name: scenarioName, file: scenarioFile, hash: scenarioHash, seed } = plan
  const header = { runId, scenarioName, scenarioFile, scenarioHash, seed, startTime: Date.now() }
  return Journal.open(path, { level, redactor: knownSecrets, header, ...(maxBytes !== undefined && { maxBytes }) })
}

/** Writes a finished attempt to the journal of a run, if the journal's level includes such attempts. */
export function writeAttempt(journal: Journal | undefined, attempt: SettledAttempt, runId: string, run: RunState): void {
  const { exchange, session, start } = attempt
  if (journal?.wants(exchange.outcome ?? 'cut', session, start.iteration)) journal.write(journalEntry(attempt, runId, run))
}

/**
 * Converts an attempt to its line in the run's journal, as an object. Fields ending in `AtMs` are in ms since the run began; `ttfbMs`, `ttftMs` and
 * `lastTokenMs` count from when the request was sent.
 */
export function journalEntry(
  { exchange, dimensions, checks, session, start, prompt, message, toolRound, callsAnswered, attempt, repeated }: SettledAttempt,
  runId: string,
  run: RunState,
): JournalEntry {
  const { plan, startedAt, recorder } = run
  const since = (at: number, from: number) => (Number.isNaN(at - from) ? null : round(at - from))
  const step = plan.exchanges[dimensions.step]
  const fault = recorder.groups.faultOf(dimensions)
  const text = Number.isNaN(exchange.firstTokenAt) ? Buffer.from(exchange.rawBeginning).toString('utf8') : exchange.text
  return {
    runId,
    user: session,
    iteration: start.iteration,
    step: step?.name ?? '',
    attempt,
    phase: plan.phases[dimensions.phase]?.name ?? '',
    target: plan.targets[dimensions.target]?.name ?? '',
    intendedAtMs: round(exchange.intended - startedAt),
    sentAtMs: since(exchange.sentAt, startedAt),
    endedAtMs: round(exchange.endedAt - startedAt),
    ttfbMs: since(exchange.firstByteAt, exchange.sentAt),
    ttftMs: since(exchange.firstTokenAt, exchange.sentAt),
    ...generated(exchange),
    outcome: exchange.outcome ?? 'cut',
    failure: exchange.failure ?? null,
    ...(fault === undefined ? {} : { fault }),
    ...(exchange.reused ? { reused: true } : {}),
    status: exchange.status ?? null,
    bytesSent: exchange.bytesSent,
    bytesReceived: exchange.bytesReceived,
    prompt,
    ...messageFields({
      message,
      toolRound,
      callsAnswered,
      tools: step?.kind === 'message' ? step.tools?.definitions : undefined,
      reply: exchange,
    }),
    reply: text,
    ...(exchange.reasoning === '' ? {} : { reasoning: exchange.reasoning }),
    usage: exchange.usage ?? null,
    ...(exchange.serverTimes === undefined ? {} : { server: serverTimes(exchange) }),
    ...(exchange.cost === undefined ? {} : { cost: exchange.cost }),
    ...(dimensions.tags === undefined ? {} : { tags: dimensions.tags.values }),
    finishReason: exchange.finishReason ?? null,
    ...(repeated ? { repeated } : {}),
    warnings: exchange.warnings,
    ...(exchange.oddBytes ? { badBytes: Buffer.from(exchange.oddBytes).toString('base64') } : {}),
    ...(checks.length === 0
      ? {}
      : {
          checks: checks.map((check) => ({
            check: step?.checks[check.index]?.label ?? '',
            passed: check.passed,
            ...(check.passed ? {} : { observed: check.observed }),
          })),
        }),
    soFar: countsSoFar(run),
  }
}

/** Returns the times that the server stated in its reply, and the time that they leave for the network, in ms rounded to microseconds. */
function serverTimes(exchange: SettledAttempt['exchange']): NonNullable<JournalEntry['server']> {
  const { sources = [], queueMs, prefillMs, decodeMs, totalMs, overheadMs } = exchange.serverTimes ?? {}
  const times = { queueMs, prefillMs, decodeMs, totalMs, overheadMs, networkMs: signedNetwork(exchange) }
  const stated = Object.entries(times).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, round(ms)]]))
  return { sources, ...Object.fromEntries(stated) }
}

/**
 * Returns when generated text arrived: the time of the last piece, the longest gap between pieces, the time per token (in ms), and the number of
 * pieces.
 */
function generated(exchange: SettledAttempt['exchange']) {
  const { sentAt, lastTokenAt, gapsMs, frames } = exchange
  if (Number.isNaN(lastTokenAt - sentAt)) return {}
  let longest = -1
  for (const gap of gapsMs) if (gap > longest) longest = gap
  const tpot = timePerOutputToken(exchange)
  return {
    lastTokenMs: round(lastTokenAt - sentAt),
    ...(longest < 0 ? {} : { longestGapMs: round(longest) }),
    ...(tpot === undefined ? {} : { tpotMs: round(tpot) }),
    frames,
  }
}

/** Returns the counts of the run so far. Without them, a journal that records only failures could not say what else a killed run did. */
function countsSoFar(run: RunState): CountsSoFar {
  const { planned, started, ok, failed, cut, dropped, bytesSent, bytesReceived } = run.recorder.total.counters
  return { planned, started, ok, failed, cut, dropped, bytesSent, bytesReceived, windowMs: round(measuredMs(run)) }
}

/** Rounds a time in ms to whole microseconds, the resolution of the clock. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
