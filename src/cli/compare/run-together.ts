/** Runs several scenarios at the same time in one process, from one common start. */

import { now } from '../../clock.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { Result } from '../../result/schema.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { ConsoleOutput } from '../output/console.ts'
import { runOne } from '../run/recorded/scenario-run.ts'
import type { Signals } from '../run/recorded/signals.ts'
import type { LiveSide } from './live-sides.ts'

/** Lets several runs start at the same moment: each waits until all have arrived. A run that ends before it arrives is not waited for. */
class StartLine {
  private missing: number
  private readonly waiting: ((at: number) => void)[] = []

  constructor(expected: number) {
    this.missing = expected
  }

  /**
   * Called by a run that is ready. Resolves when all runs are ready, with that time on the clock in ms. All runs count their times from it, because
   * timers fire at whole milliseconds: runs with starts a fraction of a ms apart would all be late by different amounts.
   */
  come(): Promise<number> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.leave()
    })
  }

  /** Called for a run that ended before it was ready, so that the others no longer wait for it. */
  leave(): void {
    this.missing -= 1
    if (this.missing > 0) return
    const at = now()
    for (const go of this.waiting.splice(0)) go(at)
  }
}

interface TogetherOptions {
  readonly flags: RunFlags
  /** Returns the folder in which the run of a side gets a folder of its own. */
  readonly folderOf: (side: LiveSide) => string
  readonly signals: Signals
  /**
   * Called once a second for each run, with the states of all sides in their order; undefined for a side that has not started. `stop` ends the load
   * of all sides.
   */
  readonly onSecond: (states: readonly (RunState | undefined)[], stop: () => void) => void
  /** Called when the load of a side has ended. */
  readonly onOver: (side: LiveSide, state: RunState) => void
}

/**
 * Runs the scenarios A and B of `burn compare` at the same time, with one common start. Resolves with the results of their runs when both runs are
 * over.
 * @throws LocalError
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
          // The comparison shows the progress of both sides, so the runs show none.
          output: new ConsoleOutput({ quiet: true, color: options.flags.color, level: 'warn' }),
          background: undefined,
          together: {
            control: controls[i] ?? new Control(),
            beforeLoad: () => {
              hasCome = true
              // When one side cannot be reached, there is nothing to compare, so that the other side sends nothing either.
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
