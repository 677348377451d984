/** Formats progress in words, for the live view on a terminal and for progress lines in a log. */
import { formatMs } from '../../text/units.ts'
import { formatCount, formatRate } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import type { LiveView, Progress } from './view.ts'

/**
 * Formats the rate of a run for the live view. In a phase with an arrival rate, this is how many iterations start per second, with the planned rate:
 * "19.8/s of 20/s planned". In a phase with a number of users, it is how many attempts end per second: "19.8/s".
 */
export function rateText(view: LiveView): string {
  return formatRate(view.achievedRate) + (view.plannedRate === null ? '' : ` of ${formatRate(view.plannedRate)} planned`)
}

/**
 * Returns the texts that say how many attempts are in flight and, if there are any, how many arrivals wait for a free user: `['in flight 50',
 * '34 waiting']`.
 */
export function underWayText({ inFlight, waiting }: LiveView): string[] {
  return [`in flight ${formatCount(inFlight)}`, ...(waiting > 0 ? [`${formatCount(waiting)} waiting`] : [])]
}

/** Formats a class of failures with its count: "3x timeout". */
export function errorText(error: { readonly class: string; readonly count: number }, pen: Pen): string {
  return `${formatCount(error.count)}x ${pen.safe(error.class, 60)}`
}

/** Returns how much of a run or phase is done, as a fraction from 0 to 1; 1 when its planned length is zero. */
export function shareOf(progress: Progress): number {
  const share = progress.kind === 'time' ? progress.elapsedMs / progress.lengthMs : progress.done / progress.total
  return Number.isNaN(share) ? 1 : Math.min(1, Math.max(0, share))
}

/** Returns how much of a run or phase is done in per cent, rounded down, so that 100 appears only at the end. */
export function wholePercent(progress: Progress): number {
  return Math.floor(shareOf(progress) * 100)
}

/**
 * Formats the time that is left: "1m05s left". For a planned number of iterations the time is an estimate, "about 2m left"; before the first of them
 * has finished, the text states their number instead: "100 to do".
 */
export function leftText(progress: Progress): string {
  if (progress.kind === 'time') return `${wholeSeconds(progress.lengthMs - progress.elapsedMs)} left`
  if (progress.done === 0) return `${formatCount(progress.total)} to do`
  return `about ${wholeSeconds((progress.elapsedMs / progress.done) * (progress.total - progress.done))} left`
}

/** Formats a duration in whole seconds, rounded up, so that "0s" appears only at the end. */
function wholeSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return seconds === 0 ? '0s' : formatMs(seconds * 1000)
}
