/** Texts about faults that burn injected on purpose. */
import type { InjectedFault, Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatShare } from './format.ts'

/** The share of errors of a run: "0.4 %", or "0.4 % (injected 1.2 % apart)" when injected faults made attempts fail. */
export function errorsText({ total, faults }: Pick<Result, 'total' | 'faults'>): string {
  const share = formatShare(total.values.errors)
  return faults === undefined || faults.failures === 0 ? share : `${share} (injected ${formatShare(faults.failureShare)} apart)`
}

/** What was injected, by kind: "delay 35 (9.4s in all) · drop 17, 17 failed · the target was sent 630"; '' without faults in the scenario. */
export function faultsText({ faults }: Pick<Result, 'faults'>): string {
  if (faults === undefined) return ''
  return [...faults.kinds.map(kindText), `the target was sent ${formatCount(faults.sent)}`].join(' · ')
}

function kindText(fault: InjectedFault): string {
  const { kind, injected, failed, serverErrors, blamed, ok, waitedMs, neverSent, copies, copyReplies } = fault
  const isPayload = copies === undefined && waitedMs === undefined && neverSent === undefined
  const facts = [
    ...(waitedMs === undefined ? [] : [`${formatMs(waitedMs)} in all`]),
    ...(copies === undefined ? [] : [`${formatCount(copies)} copies`]),
    ...(copyReplies ? [`${formatCount(copyReplies.accepted)} accepted`, `${formatCount(copyReplies.rejected)} rejected`] : []),
    ...(copyReplies && copyReplies.unanswered > 0 ? [`${formatCount(copyReplies.unanswered)} unanswered`] : []),
    ...(isPayload && ok > 0 ? [`${formatCount(ok)} ok`] : []),
    ...(failed > 0
      ? [`${formatCount(failed)} failed${blamed < failed ? `, ${formatCount(failed - blamed)} by themselves` : ''}`]
      : []),
    ...(serverErrors > 0 && neverSent === undefined ? [`${formatCount(serverErrors)} of them 5xx`] : []),
  ]
  return `${kind} ${formatCount(injected)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
}
