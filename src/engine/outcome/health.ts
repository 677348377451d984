/** Measures burn itself: event loop, CPU, memory, and stretches in which the whole process stood still. */
import { type EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks'
import { every, isRealTime, now } from '../../clock.ts'
import { limitYoungMemory, Throttling } from '../../machine.ts'
import { BEAT_MS, type Disturbances } from '../../metrics/disturbances.ts'
import { EMPTY_RESULT } from '../../result/empty.ts'
import type { GeneratorHealth } from '../../result/schema.ts'

/** Sampling interval of the event-loop delay monitor, in ms. An idle loop shows this delay, so that it is subtracted. */
const RESOLUTION_MS = 10

/**
 * What burn's process has measured about itself for the result's `generatorHealth`: CPU, memory and event loop. Lag and arrivals are not included;
 * the recorder of the run holds them.
 */
export type SelfSeen = Omit<GeneratorHealth, 'lag' | 'plannedArrivals' | 'startedArrivals'>

/**
 * Returns the CPU time used so far, in µs: of this thread where Node can measure it (from version 24), else of the whole process, which includes an
 * embedded mock.
 */
function cpuMicros(): number {
  // The types declare the function, but it does not exist before Node 24.
  const own = process.threadCpuUsage as typeof process.threadCpuUsage | undefined
  const usage = own ? own.call(process) : process.cpuUsage()
  return usage.user + usage.system
}

/** Measures CPU, memory and event loop of burn's process from its creation until `stop`. */
export class Health {
  private readonly loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  private readonly startedAt = now()
  private readonly cpuAtStart = cpuMicros()
  private readonly utilizationAtStart: EventLoopUtilization = performance.eventLoopUtilization()
  private readonly gc: PerformanceObserver
  private readonly stopBeat: () => void
  private gcPauseMs = 0
  private readonly throttling = new Throttling()
  private readonly disturbances: Disturbances
  private isOver = false

  /** Starts measuring. `disturbances` is notified every 10 ms while the process runs, so that a missing call shows that the process stood still. */
  constructor(disturbances: Disturbances) {
    this.disturbances = disturbances
    if (isRealTime()) disturbances.alive(now())
    this.loop.enable()
    this.gc = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.gcPauseMs += entry.duration
      limitYoungMemory()
    })
    this.gc.observe({ entryTypes: ['gc'] })
    this.stopBeat = every(BEAT_MS, () => disturbances.alive(now()))
  }

  /** Returns CPU use, memory and event loop delays of burn's process since the start. */
  read(): SelfSeen {
    // In virtual time, CPU and memory of the machine say nothing about the run.
    if (!isRealTime()) return EMPTY_RESULT.generator
    const { disturbances } = this
    // After the end no signs of life come, which must not count as a disturbance.
    if (!this.isOver) disturbances.alive(now())
    const throttledMs = this.throttling.read()
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    return {
      loopDelay: { p50: ms(this.loop.percentile(50)), p99: ms(this.loop.percentile(99)), max: ms(this.loop.max) },
      loopUtilization: performance.eventLoopUtilization(this.utilizationAtStart).utilization,
      stalledMs: disturbances.stalledMs,
      disturbedMs: disturbances.totalMs,
      ...(throttledMs !== null && { throttledMs }),
      cpuShare: (cpuMicros() - this.cpuAtStart) / 1000 / Math.max(1, now() - this.startedAt),
      // The peak comes from the system, because reading the memory in use opens a file, for which there may be no descriptor.
      maxRssBytes: process.resourceUsage().maxRSS * 1024,
      gcPauseMs: this.gcPauseMs,
    }
  }

  stop(): void {
    this.isOver = true
    this.stopBeat()
    this.gc.disconnect()
    this.loop.disable()
  }
}
