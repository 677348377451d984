/** Describes the faults that burn injected on purpose. */
import type { Comparison, InjectedFault, Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatShare } from './format.ts'

/**
 * Formats the error rate: "0.4%". It does not count the attempts that faults injected by burn made fail; their share is stated apart: "0.4% (injected
 * 1.2% apart)".
 */
export function errorsText({ total }: Pick<Result, 'total'>): string {
  const share = formatShare(total.values.errors)
  const { injected_failures: injected } = total.values
  return injected ? `${share} (injected ${formatShare(injected)} apart)` : share
}

/**
 * Describes the faults that burn injected, by kind, with the number of attempts they hit: "delay 35 (9.4s in all) · drop 17 (17 failed) · the target
 * was sent 630". The number after "was sent" is how many requests the target should have received, copies included. Faults of connections follow:
 * "resetAfter on 5 of 20 connections (9 failed)"; then how attempts ended after an injected failure, if any failed. '' when the scenario has no
 * faults.
 */
export function faultsText({ faults, wireFaults, total }: Pick<Result, 'faults' | 'wireFaults' | 'total'>): string {
  const sent = faults ? [...faults.kinds.map(kindText), `the target was sent ${formatCount(faults.sent)}`] : []
  return [...sent, ...wireTexts(wireFaults), ...laterText(total.counters)].join(' · ')
}

function laterText({ failedAfterFault: failed = 0, okAfterFault: ok = 0 }: Result['total']['counters']): string[] {
  return failed === 0 ? [] : [`after an injected failure: ${formatCount(failed)} failed, ${formatCount(ok)} ok`]
}

/** Formats the number of attempts on side A or B of a comparison: "381 attempts", or "381 attempts, 19 more failed by injected faults". */
export function attemptsText({ attempts, injected = 0 }: Comparison['a']): string {
  const compared = `${formatCount(attempts)} attempts`
  return injected === 0 ? compared : `${compared}, ${formatCount(injected)} more failed by injected faults`
}

function wireTexts(wire: Result['wireFaults']): string[] {
  if (wire === undefined) return []
  const { connections, kinds } = wire
  const all = `${formatCount(connections)} ${connections === 1 ? 'connection' : 'connections'}`
  return kinds.map(
    ({ kind, acted, failed }) =>
      `${kind} on ${formatCount(acted)} of ${all}${failed > 0 ? ` (${formatCount(failed)} failed)` : ''}`,
  )
}

/** The kinds of fault that change a request's payload. The target may accept it, reject it, or fail. */
const ALTERING = new Set(['drift', 'corrupt', 'truncate'])

function kindText(fault: InjectedFault): string {
  const { kind, injected, failed, serverErrors, blamed, ok, cut, waitedMs, neverSent = 0, copyReplies } = fault
  // The field is missing when the run ended before any copy was sent.
  const copies = fault.copies ?? (kind === 'duplicate' ? 0 : undefined)
  // For faults of this kind, burn makes the reply itself and sends nothing.
  const isAnswered = neverSent > cut
  const isAltered = ALTERING.has(kind)
  const isPayload = copies === undefined && waitedMs === undefined && !isAnswered && !isAltered
  const facts = [
    ...(waitedMs === undefined ? [] : [`${formatMs(waitedMs)} in all`]),
    ...(copies === undefined ? [] : [`${formatCount(copies)} copies`]),
    ...(fault.copiesNeverSent ? [`${formatCount(fault.copiesNeverSent)} more never sent`] : []),
    ...(copyReplies ? [`${formatCount(copyReplies.accepted)} accepted`, `${formatCount(copyReplies.rejected)} rejected`] : []),
    ...(copyReplies && copyReplies.unanswered > 0 ? [`${formatCount(copyReplies.unanswered)} unanswered`] : []),
    ...(isAltered ? [`${formatCount(ok)} accepted`, `${formatCount(Math.max(0, blamed - serverErrors))} rejected`] : []),
    ...(isAltered && serverErrors > 0 ? [`${formatCount(serverErrors)} answered 5xx`] : []),
    ...(isAltered && blamed < failed ? [`${formatCount(failed - blamed)} failed by themselves`] : []),
    ...(isPayload && ok > 0 ? [`${formatCount(ok)} ok`] : []),
    ...(failed > 0 && !isAltered
      ? [`${formatCount(failed)} failed${blamed < failed ? `, ${formatCount(failed - blamed)} by themselves` : ''}`]
      : []),
    ...(serverErrors > 0 && !isAnswered && !isAltered ? [`${formatCount(serverErrors)} of them 5xx`] : []),
    ...(cut > 0
      ? [
          `${formatCount(cut)} cut by the end of the run${neverSent > 0 && !isAnswered ? `, ${formatCount(neverSent)} of them never sent` : ''}`,
        ]
      : []),
  ]
  return `${kind} ${formatCount(injected)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
}
