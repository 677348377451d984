/** A settled attempt as a line of the journal. */

import type { SettledAttempt } from '../../runner/run-context.ts'
import type { RunState } from '../../runner/run-state.ts'
import type { JournalEntry } from '../../store/journal/entry.ts'

/** Times in the journal are ms since the run began; durations from the send. */
export function journalEntry(
  { exchange, place, checks, session, start, prompt, attempt }: SettledAttempt,
  runId: string,
  { plan, startedAt }: RunState,
): JournalEntry {
  const since = (at: number, from: number) => (Number.isNaN(at - from) ? null : round(at - from))
  const step = plan.exchanges[place.step]
  const text = Number.isNaN(exchange.firstTokenAt) ? Buffer.from(exchange.rawBeginning).toString('utf8') : exchange.text
  return {
    runId,
    user: session,
    iteration: start.iteration,
    step: step?.name ?? '',
    attempt,
    phase: plan.phases[place.phase]?.name ?? '',
    target: plan.targets[place.target]?.name ?? '',
    intendedAtMs: round(exchange.intended - startedAt),
    sentAtMs: since(exchange.sentAt, startedAt),
    endedAtMs: round(exchange.endedAt - startedAt),
    ttfbMs: since(exchange.firstByteAt, exchange.sentAt),
    ttftMs: since(exchange.firstTokenAt, exchange.sentAt),
    outcome: exchange.outcome ?? 'cut',
    failure: exchange.failure ?? null,
    ...(exchange.reused ? { reused: true } : {}),
    status: exchange.status ?? null,
    bytesSent: exchange.bytesSent,
    bytesReceived: exchange.bytesReceived,
    prompt,
    reply: text,
    ...(exchange.reasoning === '' ? {} : { reasoning: exchange.reasoning }),
    usage: exchange.usage ?? null,
    finishReason: exchange.finishReason ?? null,
    warnings: exchange.warnings,
    ...(exchange.oddBytes ? { badBytes: Buffer.from(exchange.oddBytes).toString('base64') } : {}),
    ...(checks.length === 0
      ? {}
      : {
          checks: checks.map(({ index, passed, observed }) => ({
            check: step?.checks[index]?.label ?? '',
            passed,
            ...(passed ? {} : { observed }),
          })),
        }),
  }
}

/** Microseconds are what the clock is good for. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
