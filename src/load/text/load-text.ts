import { formatMs } from '../../text/units.ts'
import type { ClosedLoad, Load, OpenLoad } from '../executor.ts'

/** Number of points in time at which a load is sampled to find its lowest and highest value. */
const SAMPLES = 40

/** Returns a description of a load in words, such as "5 users, 20/s in total (4/s each), for 10s". */
export function loadText(load: Load): string {
  return load.model === 'open' ? openText(load) : closedText(load)
}

function closedText(load: ClosedLoad): string {
  const { sharedIterations, iterationsPerUser, pacePerSecond, maxUsers, lengthMs } = load
  if (maxUsers === 0) return `nothing${forText(lengthMs)}`
  const users =
    lengthMs === undefined
      ? plural(maxUsers, 'user')
      : `${spread(lengthMs, lengthMs, (ms) => load.usersAt(ms))} ${maxUsers === 1 ? 'user' : 'users'}`
  const pace =
    pacePerSecond === undefined
      ? []
      : [`${rate(pacePerSecond * maxUsers)} in total${maxUsers === 1 ? '' : ` (${rate(pacePerSecond)} each)`}`]
  const shared = sharedIterations === undefined ? [] : [plural(sharedIterations, 'iteration')]
  const own = iterationsPerUser === undefined ? [] : [`${plural(iterationsPerUser, 'iteration')} each`]
  const bounded = sharedIterations !== undefined || iterationsPerUser !== undefined
  const length = lengthMs === undefined ? [] : [`${bounded ? 'at most' : 'for'} ${formatMs(lengthMs)}`]
  return [...shared, users, ...own, ...pace, ...length].join(', ')
}

function openText(load: OpenLoad): string {
  const rates = spread(load.lengthMs, load.lengthMs - 1, (ms) => load.rateAt(ms), load.peakPerSecond)
  const process = load.process.variation === 0 && !load.trace ? '' : ` (${load.process.name})`
  const most = load.addsUsers ? '' : `, at most ${plural(load.maxUsers, 'user')}`
  return `${rates}/s${process} for ${formatMs(load.lengthMs)}${most}`
}

const forText = (lengthMs: number | undefined) => (lengthMs === undefined ? '' : ` for ${formatMs(lengthMs)}`)
const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
const short = (value: number) => String(Number(value.toPrecision(3)))
const rate = (perSecond: number) => `${short(perSecond)}/s`

/**
 * Formats how a value changes over a phase: "5", or "1 to 50". `at` returns the value at a time; `peak` is the highest one, which may lie between two
 * samples.
 */
function spread(lengthMs: number, lastMs: number, at: (elapsedMs: number) => number, peak = 0): string {
  const ends = [at(0), at(lastMs)]
  const seen = [...ends, ...Array.from({ length: SAMPLES }, (_, i) => at(((i + 0.5) * lengthMs) / SAMPLES))]
  const [lowest, highest] = [Math.min(...seen), Math.max(...seen, peak)]
  const [from, to] = [short(lowest), short(highest)]
  if (from === to) return from
  return ends[0] === highest && ends[1] === lowest ? `${to} to ${from}` : `${from} to ${to}`
}
