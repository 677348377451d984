/** Describes the faults of `burn relay`, and at its end how often each acted. */
import type { RelayCounts } from '../../faults/relay/relay.ts'
import type { WireFault } from '../../faults/relay/wire-fault.ts'
import { formatBytes, formatGrouped, formatMs } from '../../text/units.ts'

/** Describes a fault of the relay in words: what it does, in which direction, on which percentage of the connections, and when. */
export function faultWords(fault: WireFault): string {
  const { words, refuses, direction, probability, fromMs, untilMs } = fault
  const way = direction === 'both' ? 'both ways' : direction
  const share = probability < 1 ? `, on ${Number((probability * 100).toPrecision(12))}% of the connections` : ''
  const from = fromMs > 0 ? `, from ${formatMs(fromMs)}` : ''
  const until = untilMs < Number.POSITIVE_INFINITY ? `, until ${formatMs(untilMs)}` : ''
  const where = refuses ? '' : `, ${way}`
  return `${words}${where}${share}${from}${until}`
}

/**
 * Returns the lines that `burn relay` prints at its end: connections and bytes, and for each fault, for how many connections it was drawn by its
 * probability, and on how many of them it acted.
 */
export function countLines(counts: Omit<RelayCounts, 'kinds'>, faults: readonly WireFault[]): string[] {
  const { connections, open, unreached, bytesUp, bytesDown } = counts
  const still = open > 0 ? `, ${formatGrouped(open)} open at the end` : ''
  const failed = unreached > 0 ? `, ${formatGrouped(unreached)} did not reach the target` : ''
  return [
    `${formatGrouped(connections)} ${connections === 1 ? 'connection' : 'connections'}${still}${failed}; ${formatBytes(bytesUp)} up, ${formatBytes(bytesDown)} down`,
    ...faults.map((fault, index) => {
      const { drawn = 0, acted = 0 } = counts.faults[index] ?? {}
      return `${faultWords(fault)}: drawn for ${formatGrouped(drawn)}, made on ${formatGrouped(acted)}`
    }),
  ]
}
