/** Describes how response times fall into bands (ranges), in one line. */
import type { Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatShare } from './format.ts'

/** The text about one band of response times, with the band's name. */
interface BandText {
  readonly name: string
  readonly text: string
}

/**
 * Formats the bands (ranges of response time, such as fast and slow) that hold ok attempts, each with the percentage of ok attempts in it: "fast 92%
 * (up to 5s)". Empty when fewer than two bands hold any.
 */
export function bandTexts({ bands = [] }: Pick<Result, 'bands'>): BandText[] {
  const used = bands.filter(({ count }) => count > 0)
  if (used.length < 2) return []
  return used.map(({ name, untilMs, share }) => {
    const before = bands[bands.findIndex((band) => band.name === name) - 1]?.untilMs
    const range = untilMs === null ? `over ${formatMs(before ?? 0)}` : `up to ${formatMs(untilMs)}`
    return { name, text: `${name} ${formatShare(share)} (${range})` }
  })
}

/**
 * Describes in one line how response times of ok attempts fall into bands (ranges): "fast 92% (up to 5s) · slow 8% (over 5s)"; '' when fewer than two
 * bands hold any.
 */
export const bandsText = (result: Pick<Result, 'bands'>): string =>
  bandTexts(result)
    .map(({ text }) => text)
    .join(' · ')
