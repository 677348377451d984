const BARS = [...'▁▂▃▄▅▆▇█']

/** Returns a bar for each value, from 0 to the largest of them, so that small changes look small; a space for one that is not known. */
export function barsOf(values: readonly (number | null | undefined)[]): string {
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0))
  const bar = (value: number) => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))] ?? ''
  return values.map((value) => (value === null || value === undefined ? ' ' : bar(value))).join('')
}
