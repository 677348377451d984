/**
 * Measures the CPU time of a piece of work independently of the machine's load and speed: relative to a fixed piece of work that is
 * measured right before and right after it.
 */

/** CPU time of this thread in ms; that of the process where Node cannot tell the thread's. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1000
}

/** CPU time in ms of the fixed control work: text processing and allocation, like most code under test. */
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

/** CPU time of the control work in ms on the machine for which the tests' bounds were chosen. */
const CONTROL_MS = 12

/**
 * Starts a measurement. The returned function gives the CPU time since then, in ms, scaled to the machine for which the tests' bounds were
 * chosen.
 */
export function costMeter(): () => number {
  const before = control()
  const from = cpuMs()
  return () => {
    const took = cpuMs() - from
    return (took * CONTROL_MS) / Math.max(1, Math.min(before, control()))
  }
}
