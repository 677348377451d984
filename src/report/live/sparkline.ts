/** Draws small charts with block characters: one column for each second of the last minute, or for a few seconds. */

/** Number of seconds that a chart of the live view covers. */
export const CHART_SECONDS = 60
const BLOCKS = ' ▁▂▃▄▅▆▇█'
const ASCII_BLOCKS = ' .:-=+*#@'

/** One value of a chart, with its time in ms since the run began; null when nothing was measured then. */
interface ChartPoint {
  readonly atMs: number
  readonly value: number | null
}

/**
 * Returns a chart of the last minute as lines of block characters: `height` lines of at most `columns` columns. The vertical axis reaches from 0 to
 * the largest value. When there are fewer columns than seconds, each column shows the largest value of a few seconds.
 */
export function chartOf(points: readonly ChartPoint[], columns: number, height: number, unicode: boolean): string[] {
  // The last minute can touch one group of seconds more than there are columns.
  const values = gathered(points, Math.max(1, Math.ceil(CHART_SECONDS / Math.max(1, columns)))).slice(-Math.max(1, columns))
  const top = Math.max(0, ...values.map((value) => value ?? 0))
  const levels = values.map((value) => levelOf(value, top, height * 8))
  const blocks = unicode ? BLOCKS : ASCII_BLOCKS
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8
    return levels.map((level) => blocks[Math.min(8, Math.max(0, level - below))] ?? ' ').join('')
  })
}

/** Returns how many eighths of a line a value fills: at least one, so that a measured 0 looks different from a gap. */
function levelOf(value: number | null, top: number, levels: number): number {
  if (value === null) return 0
  return top === 0 ? 1 : Math.max(1, Math.round((value / top) * levels))
}

/**
 * Groups the points of a chart by `seconds` seconds. Returns the largest value of each group, null for a group without a value, from the first to the
 * last point.
 */
function gathered(points: readonly ChartPoint[], seconds: number): (number | null)[] {
  const values: (number | null)[] = []
  let first: number | undefined
  for (const { atMs, value } of points) {
    const stretch = Math.floor(Math.round(atMs / 1000) / seconds)
    first ??= stretch
    const at = stretch - first
    while (values.length < at) values.push(null)
    const before = values[at] ?? null
    values[at] = value === null || (before !== null && before > value) ? before : value
  }
  return values
}
