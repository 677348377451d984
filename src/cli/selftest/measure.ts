/**
 * Makes the measurements of the selftest: the ceiling of each protocol (the highest throughput on this machine), and the errors of burn's times at
 * loads below it.
 */
import { now } from '../../clock.ts'
import { runScenario } from '../../engine/run-scenario.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { SettledAttempt } from '../../engine/user/run-context.ts'
import { monotonicMs } from '../../mock/persona/pace.ts'
import type { MockRequest } from '../../mock/server.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { nearestRank } from '../../statistics/quantiles.ts'
import { sorted } from '../../statistics/spread.ts'
import { MARK, planFor } from './loads.ts'
import type { ErrorSpread, Level } from './report.ts'
import { REPLY, type SelftestTarget } from './target.ts'

/** The number of users with which the ceiling is measured. With 60 ms per exchange, they could make 4,000 exchanges per second. */
const CEILING_USERS = 250
/** The length of the warm-up in s, in which connections are opened and code is compiled. */
const WARM_UP_SECONDS = 1
/**
 * The phase of warm-up before a ceiling is measured, in which all users connect at once. It lasts until each user has had two replies, because a
 * fixed time is too short for gRPC on a busy machine.
 */
const CEILING_WARM_UP = { iterationsPerUser: 2, for: '8s' } as const

/** What all measurements of `burn selftest` have in common: the address of the local target, the signal that stops them, and how long each lasts. */
export interface SelftestSetting {
  readonly target: SelftestTarget
  /** Aborts on Ctrl-C and stops the measurement. */
  readonly signal: AbortSignal
  /** The length of each measurement, in s. */
  readonly seconds: number
}

/**
 * Measures the ceiling of a protocol: the exchanges per second that burn and the target on this machine complete when nothing limits the load.
 */
export async function ceilingOf(protocol: string, { target, signal, seconds }: SelftestSetting): Promise<number> {
  const plan = planFor(protocol, target.host, [
    { users: CEILING_USERS, ...CEILING_WARM_UP, warmup: true },
    { users: CEILING_USERS, for: `${seconds * 1000}ms` },
  ])
  const { result } = await runUntil(signal, plan)
  return result.total.values.rate ?? 0
}

/**
 * Measures, for `burn selftest`, how exact burn's times are at one load: compares the times that burn measured for each exchange with those that the
 * target logged. The load is the fraction `share` (0 to 1) of `ceiling`, the most exchanges per second of this protocol.
 */
export async function levelAt(protocol: string, share: number, ceiling: number, setting: SelftestSetting): Promise<Level> {
  const { target, signal, seconds } = setting
  const perSecond = Math.max(1, Math.round(ceiling * share))
  const plan = planFor(protocol, target.host, [
    { rate: `${perSecond}/s`, for: `${WARM_UP_SECONDS}s`, maxUsers: CEILING_USERS, warmup: true },
    { rate: `${perSecond}/s`, for: `${seconds * 1000}ms`, maxUsers: CEILING_USERS },
  ])
  const kept = new Map<string, SettledAttempt>()
  await target.reset()
  const { result } = await runUntil(signal, plan, (attempt) => {
    const mark = MARK.exec(attempt.prompt)?.[0]
    if (mark !== undefined && attempt.exchange.outcome === 'ok' && attempt.dimensions.phase === 1) kept.set(mark, attempt)
  })
  const pairs = pairsOf(kept, await target.log())
  const { generator, total } = result
  return {
    share,
    perSecond,
    achievedPerSecond: total.values.rate ?? 0,
    compared: pairs.length,
    errors: errorsOf(pairs),
    loopUtilization: generator.loopUtilization,
    cpuMsPerExchange:
      total.counts.ok === 0
        ? null
        : (generator.cpuShare * result.durationMs) / (total.counts.ok + (result.warmup?.counts.ok ?? 0)),
  }
}

/** Runs a plan, and cancels the run when the signal aborts. Resolves with the state of the run. */
async function runUntil(signal: AbortSignal, plan: Plan, onAttempt?: (attempt: SettledAttempt) => void) {
  const control = new Control()
  const cancel = () => control.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await runScenario(plan, { control, ...(onAttempt && { onAttempt }) })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** One exchange, both as burn measured it and as the target logged it. */
interface Pair {
  readonly attempt: SettledAttempt
  readonly seen: MockRequest
}

function pairsOf(kept: ReadonlyMap<string, SettledAttempt>, log: readonly MockRequest[]): Pair[] {
  return log.flatMap((seen) => {
    const attempt = kept.get(MARK.exec(seen.body)?.[0] ?? '')
    return attempt && seen.endedAt !== null ? [{ attempt, seen }] : []
  })
}

function errorsOf(pairs: readonly Pair[]): Level['errors'] {
  // Both processes use the monotonic clock of the machine, but burn's own clock begins with its process.
  const offset = monotonicMs() - now()
  const of = (error: (pair: Pair) => readonly number[]) => spreadOf(pairs.flatMap(error))
  return {
    ttft: of(firstTokenError),
    itl: of(gapErrors),
    response: of(({ attempt: { exchange }, seen }) => known(exchange.endedAt + offset - lastWrittenAt(seen))),
    pacing: of(({ attempt: { exchange }, seen }) => known((seen.receivedAt ?? Number.NaN) - (exchange.intended + offset))),
  }
}

/** Returns when the target wrote the last piece of its reply, in ms. The end that it logs comes a little later, often after the reply has arrived. */
const lastWrittenAt = ({ framesAt, endedAt }: MockRequest) => framesAt.at(-1) ?? endedAt ?? Number.NaN

const known = (value: number) => (Number.isFinite(value) ? [value] : [])

/** Returns a list with the error of the time to first token, in ms; an empty list for a reply in one piece. */
function firstTokenError({ attempt: { exchange }, seen }: Pair): number[] {
  if (seen.framesAt.length < 2) return []
  return known(exchange.firstTokenAt - exchange.sentAt - ((seen.firstTokenAt ?? Number.NaN) - (seen.receivedAt ?? Number.NaN)))
}

/**
 * Returns the errors of the gaps between the tokens of one reply, in ms; an empty list when the reply arrived in another number of pieces than were
 * written.
 */
function gapErrors({ attempt: { exchange }, seen }: Pair): number[] {
  const written = seen.framesAt.filter((at) => at >= (seen.firstTokenAt ?? 0)).slice(0, REPLY.tokens)
  const gaps = written.slice(1).map((at, i) => at - (written[i] ?? Number.NaN))
  const { gapsMs } = exchange
  return gaps.length > 0 && gapsMs.length === gaps.length ? gapsMs.map((gap, i) => gap - (gaps[i] ?? Number.NaN)) : []
}

function spreadOf(errors: readonly number[]): ErrorSpread | null {
  if (errors.length === 0) return null
  const rising = sorted(errors)
  return { p50: nearestRank(rising, 0.5), p99: nearestRank(rising, 0.99), count: errors.length }
}
