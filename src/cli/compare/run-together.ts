/** Runs of scenarios side by side in one process, with one start for all. */

import { now } from '../../clock.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { Result } from '../../result/schema.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { ConsoleOutput } from '../output/console.ts'
import { runOne } from '../run/recorded/scenario-run.ts'
import type { Signals } from '../run/recorded/signals.ts'
import type { LiveSide } from './live-sides.ts'

/** Waits until all that are expected have come; one that ends before it comes is not waited for. */
class StartLine {
  private missing: number
  private readonly waiting: ((at: number) => void)[] = []

  constructor(expected: number) {
    this.missing = expected
  }

  /**
   * Resolves when all have come, with that moment. Each run counts from it: timers fire at whole milliseconds, so that runs which began a fraction apart
   * would all be late by another fraction.
   */
  come(): Promise<number> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.leave()
    })
  }

  /** One less is expected. */
  leave(): void {
    this.missing -= 1
    if (this.missing > 0) return
    const at = now()
    for (const go of this.waiting.splice(0)) go(at)
  }
}

interface TogetherOptions {
  readonly flags: RunFlags
  /** Folder in which each side gets one of its name. */
  readonly folderOf: (side: LiveSide) => string
  readonly signals: Signals
  /** Called once a second of each run, with the state of all that have begun, by place of `sides`. */
  readonly onSecond: (states: readonly (RunState | undefined)[], stop: () => void) => void
  /** Called when the load of a side is over. */
  readonly onOver: (side: LiveSide, state: RunState) => void
}

/**
 * Runs the scenarios of all sides at the same time, from one common start; resolves with their results when the last run is over. @throws
 * LocalError
 */
export async function runTogether(sides: readonly LiveSide[], options: TogetherOptions): Promise<Result[]> {
  const line = new StartLine(sides.length)
  const controls = sides.map(() => new Control())
  const states: (RunState | undefined)[] = sides.map(() => undefined)
  const stop = () => {
    for (const control of controls) control.stop('finished')
  }
  return Promise.all(
    sides.map(async (side, i) => {
      let hasCome = false
      try {
        const { result } = await runOne(side.loaded, {
          flags: { ...options.flags, out: options.folderOf(side) },
          reports: [],
          signals: options.signals,
          // The comparison shows the progress of both.
          output: new ConsoleOutput({ quiet: true, color: options.flags.color, level: 'warn' }),
          background: undefined,
          together: {
            control: controls[i] ?? new Control(),
            beforeLoad: () => {
              hasCome = true
              // A side that cannot be reached has nothing to be compared with: the other one sends nothing either.
              if (controls[i]?.state !== 'running') stop()
              return line.come()
            },
            onSecond: (state) => {
              states[i] = state
              options.onSecond(states, stop)
            },
            onOver: (state) => options.onOver(side, state),
          },
        })
        return result
      } finally {
        if (!hasCome) {
          stop()
          line.leave()
        }
      }
    }),
  )
}
