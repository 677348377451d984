/**
 * What a piece of work costs, whatever else the machine does: CPU time of this thread, set against a fixed piece of work that is measured
 * right before and right after it.
 */

/** CPU time of this thread in ms; of the process where the thread's own is not to be had. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1000
}

/** Text work and allocation, as most of the code under test does. */
function control(): number {
  const from = cpuMs()
  let sum = 0
  for (let round = 0; round < 20; round += 1) {
    const value: unknown = JSON.parse(JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ n, text: `text ${n}` }))))
    sum += String(value).length
  }
  if (sum === 0) throw new Error('the control did nothing')
  return cpuMs() - from
}

/** What the control took, in ms, on the machine on which the bounds of the tests were chosen. */
const CONTROL_MS = 12

/**
 * Begins to measure. The function that it gives tells what was spent since then, in ms of CPU time as it would be on the machine on which the
 * bounds were chosen.
 */
export function costMeter(): () => number {
  const before = control()
  const from = cpuMs()
  return () => {
    const took = cpuMs() - from
    return (took * CONTROL_MS) / Math.max(1, Math.min(before, control()))
  }
}
