const BARS = [...'▁▂▃▄▅▆▇█']

/**
 * Returns a bar character for each value. The scale reaches from 0 to the largest value, so that small changes look small. An unknown value becomes a
 * space.
 */
export function barsOf(values: readonly (number | null | undefined)[]): string {
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0))
  const bar = (value: number) => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))] ?? ''
  return values.map((value) => (value === null || value === undefined ? ' ' : bar(value))).join('')
}
