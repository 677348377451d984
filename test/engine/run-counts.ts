/** What the tests of faults compare: what a run says went wrong, and how much of it. */
import type { Counts, Result } from '../../src/result/schema.ts'

/** Counts of a run in which nothing was cut or dropped. */
export const allEnded = (ok: number, failed: number): Counts => ({
  planned: ok + failed,
  started: ok + failed,
  ok,
  failed,
  cut: 0,
  dropped: 0,
})

/** Class, phase and count of what went wrong, in alphabetical order; groups that differ only in their messages are one. */
export function failuresOf({ errors }: Pick<Result, 'errors'>): [failureClass: string, phase: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { class: failureClass, phase, count } of errors) {
    const key = `${failureClass} ${phase}`
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return [...counts].toSorted().map(([key, count]) => {
    const [failureClass = '', phase = ''] = key.split(' ')
    return [failureClass, phase, count]
  })
}
