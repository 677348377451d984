/** What has to hold of a run with injected faults: its counts are those of its attempts, and what the target saw. */
import { isByEarlier, isInjected } from '../../src/errors.ts'
import { isBlamed } from '../../src/faults/index.ts'
import type { InjectedFault } from '../../src/result/schema.ts'
import type { MemoryRequest } from '../support/memory-target.ts'
import type { Simulated } from './simulate.ts'

type Attempt = Simulated['attempts'][number]

/** What does not hold, in words; empty when all is well. */
export function injectedFaultsOf(run: Simulated): string[] {
  const { result, attempts } = run
  const kinds = result.faults?.kinds ?? []
  const measured = attempts.filter((attempt) => isMeasured(run, attempt))
  const counted = measured.filter(({ exchange }) => isInjected(exchange.failure)).length
  const faults = [
    ...kinds.flatMap((kind) => [...countsHold(kind, measured), ...endsHold(kind)]),
    ...attempts.flatMap(({ exchange: { fault, sentAt, outcome } }, i) => {
      if (fault === 'status' && !(Number.isNaN(sentAt) && outcome === 'failed'))
        return [`attempt ${i} met an injected status: ${outcome}`]
      return fault === 'timeout' && outcome === 'ok' ? [`attempt ${i} was to time out, and is ok`] : []
    }),
    ...targetAgrees(run),
    ...errorRateHolds(run),
    ...attempts.filter((attempt) => isByEarlier(attempt.exchange.failure) && !hasCause(attempt, attempts)).map(nothingBefore),
  ]
  if ((result.faults?.failures ?? 0) !== counted)
    faults.push(`${counted} attempts failed by faults, counted ${result.faults?.failures}`)
  return faults
}

const isMeasured = ({ result }: Simulated, { start, dimensions }: Attempt) =>
  !start.setupOrTeardown && result.phases[dimensions.phase]?.warmup !== true

/** The counts of a kind are those of the attempts that it hit. */
function countsHold(
  { kind, injected, ok, failed, cut, blamed, neverSent = 0 }: InjectedFault,
  measured: readonly Attempt[],
): string[] {
  const hit = measured.map(({ exchange }) => exchange).filter(({ fault }) => fault === kind)
  const by = (outcome: string) => hit.filter((exchange) => exchange.outcome === outcome).length
  // Attempts that never began are none.
  const seen = {
    injected: hit.length + cut - by('cut'),
    ok: by('ok'),
    failed: by('failed'),
    blamed: hit.filter(({ failure }) => isInjected(failure)).length,
    neverSent: hit.filter(({ failure }) => failure?.class === 'injected_status').length + injected - hit.length,
  }
  const counted = { injected, ok, failed, blamed, neverSent }
  return JSON.stringify(seen) === JSON.stringify(counted) && cut >= by('cut')
    ? []
    : [`${kind}: counted ${JSON.stringify(counted)}, but of the attempts ${JSON.stringify(seen)}`]
}

function endsHold({
  kind,
  offered,
  drawn,
  injected,
  ok,
  failed,
  cut,
  copies = 0,
  copyReplies,
  ...more
}: InjectedFault): string[] {
  const { accepted, rejected, unanswered } = copyReplies ?? { accepted: 0, rejected: 0, unanswered: 0 }
  const faults: string[] = []
  if (injected !== ok + failed + cut) faults.push(`${kind}: injected ${injected}, but ok ${ok} + failed ${failed} + cut ${cut}`)
  if (offered < drawn || drawn < injected) faults.push(`${kind}: offered ${offered}, drawn ${drawn}, injected ${injected}`)
  if (copies !== accepted + rejected + unanswered) faults.push(`${copies} copies, ended: ${JSON.stringify(copyReplies)}`)
  const { copiesPlanned = 0, copiesNeverSent = 0 } = more
  if (copiesPlanned !== copies + copiesNeverSent)
    faults.push(`${copiesPlanned} copies planned, ${copies} sent, ${copiesNeverSent} not sent`)
  return faults
}

/** The target has seen what burn says that it sent: each copy, each changed payload, and each end of a connection. */
function targetAgrees({ result, attempts, target }: Simulated): string[] {
  const faults: string[] = []
  const sent = attempts.map(({ exchange }) => exchange).filter(({ sentAt }) => !Number.isNaN(sentAt))
  const byId = Map.groupBy(target.requests, ({ headers }) => headers.id ?? '')
  const copied = [...byId.values()].filter(({ length }) => length > 1)
  const copies = target.requests.length - byId.size
  const hasWarmup = result.warmup !== undefined
  // What warm-ups sent is in no count.
  const of = (kind: string) => result.faults?.kinds.find((one) => one.kind === kind)
  if (byId.size !== sent.length) faults.push(`${sent.length} attempts were sent, the target saw ${byId.size}`)
  const said = of('duplicate')?.copies ?? 0
  if (hasWarmup ? said > copies : said !== copies) faults.push(`${said} copies are counted, the target saw ${copies}`)
  const duplicated = sent.filter(({ fault }) => fault === 'duplicate').length
  if (copied.length > duplicated) faults.push(`${copied.length} requests came more than once, ${duplicated} were to`)
  if (copied.some((same) => new Set(same.map(bytesOf)).size > 1)) faults.push('copies differ')
  for (const kind of ['drift', 'corrupt', 'truncate']) {
    const hit = sent.filter(({ fault }) => fault === kind).length
    const came = target.requests.filter((request) => changeOf(request) === kind).length
    if (hit !== came) faults.push(`${hit} attempts with ${kind} were sent, the target saw ${came}`)
  }
  const dropped = sent.filter(({ fault }) => fault === 'drop')
  const lost = dropped.filter(({ failure }) => failure?.class === 'injected_drop').length
  if (lost > target.severed || target.severed > dropped.length)
    faults.push(`${dropped.length} drops, of which ${lost} lost something; the target saw ${target.severed}`)
  return faults
}

const bytesOf = ({ body, changed }: MemoryRequest) => changed?.toString('hex') ?? JSON.stringify(body)

/** The kind of fault that a changed payload shows. */
function changeOf({ body, changed }: MemoryRequest): string | undefined {
  if (changed === undefined) return undefined
  const before = JSON.stringify(body)
  if (before.startsWith(changed.toString()) && changed.length < before.length) return 'truncate'
  return changed.length === before.length && !changed.includes('"moved"') ? 'corrupt' : 'drift'
}

/** Whether an earlier attempt of the same iteration failed by a fault, or was ok with a fault that changes or loses messages. */
function hasCause({ session, start, exchange }: Attempt, attempts: readonly Attempt[]): boolean {
  const before = attempts.slice(
    0,
    attempts.findIndex((one) => one.exchange === exchange),
  )
  return before.some(
    (one) =>
      one.session === session &&
      one.start.iteration === start.iteration &&
      (isInjected(one.exchange.failure) || (one.exchange.outcome === 'ok' && isBlamed(one.exchange.fault ?? ''))),
  )
}

const nothingBefore = ({ session, start }: Attempt) =>
  `user ${session}, iteration ${start.iteration}: a failure is put down to an earlier one, and there is none`

/** Injected failures are in no error rate, on neither side. */
function errorRateHolds(run: Simulated): string[] {
  const { result, attempts } = run
  const measured = attempts.filter((attempt) => isMeasured(run, attempt)).map(({ exchange }) => exchange)
  const failed = measured.filter(({ outcome, failure }) => outcome === 'failed' && !isInjected(failure)).length
  // Where an injected failure may explain some of those that came after it, none of these is in the rate but for other reasons.
  const isApart = measured.some(({ failure }) => isByEarlier(failure))
  const ok = measured.filter(({ outcome, afterFault }) => outcome === 'ok' && !(isApart && afterFault)).length
  const all = ok + failed + result.total.counts.dropped - (result.total.counters?.droppedByLimit ?? 0)
  const rate = all === 0 ? null : failed / all
  return rate === result.errorRate ? [] : [`errorRate ${result.errorRate}, but ${failed} of ${all}`]
}
