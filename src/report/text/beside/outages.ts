/** Describes the times in which no attempt at a target succeeded. */
import type { Result } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { formatCount } from '../format.ts'

/**
 * The shortest outage that is described, in ms, unless it lasted to the end of the run. Where many attempts are in flight, shorter series of failures
 * happen by chance.
 */
const NOTABLE_MS = 1000

type OutagesOfTarget = NonNullable<Result['outages']>[number]

/**
 * Describes, for reports, the longest outage of each target, that is, three or more failed attempts in a row without a success: "no success for 5.3s
 * from 10.2s on (42 failures in a row), the first again at 15.5s". Targets are left out whose outages were all shorter than a second and over before
 * the end of the run. '' when none is left, and when no attempt of the run succeeded. `safe` escapes untrusted text.
 */
export function outagesText(
  { outages = [], target, total }: Pick<Result, 'outages' | 'target' | 'total'>,
  safe: (text: string) => string,
): string {
  // When no attempt of the run succeeded, the verdict says so.
  const texts = total.counts.ok === 0 ? [] : outages.filter(isNotable)
  return texts.map((one) => (target.length > 1 ? `${safe(one.target)}: ` : '') + textOf(one)).join('; ')
}

const isOpen = ({ listed, count }: OutagesOfTarget) => count === listed.length && listed.at(-1)?.untilMs === null

const isNotable = (one: OutagesOfTarget) => one.longestMs >= NOTABLE_MS || isOpen(one)

function textOf(one: OutagesOfTarget): string {
  const { count, longestMs, longestFromMs, longestFailures, listed } = one
  const longest = listed.find(({ fromMs }) => fromMs === longestFromMs)
  const injected = longest?.injected ?? 0
  const failures = `${formatCount(longestFailures)} failures in a row${injected === 0 ? '' : `, ${formatCount(injected)} injected`}`
  const isLast = longest !== undefined && longest.untilMs === null
  const end = isLast ? 'none after that' : `the first again at ${formatMs(longest?.untilMs ?? longestFromMs + longestMs)}`
  const others = [
    ...(count > 1 ? [`${formatCount(count)} times without a success in all`] : []),
    ...(isOpen(one) && !isLast ? [`none from ${formatMs(listed.at(-1)?.fromMs ?? 0)} to the end`] : []),
  ]
  return [`no success for ${formatMs(longestMs)} from ${formatMs(longestFromMs)} on (${failures}), ${end}`, ...others].join(' · ')
}
