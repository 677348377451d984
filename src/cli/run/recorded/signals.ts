import type { Control } from '../../../engine/schedule/control.ts'
import { EXIT, type ExitCode } from '../../../errors.ts'

/** Longest drain after SIGTERM in ms. Kubernetes kills 30 s after SIGTERM, so time must be left to write the files. */
const SIGTERM_GRACE_MS = 10_000

/**
 * Ends the current runs on SIGINT, SIGTERM or SIGHUP. The first signal ends the load, the second cancels attempts in flight, the third ends the
 * process.
 */
export class Signals {
  /** Exit code for the first signal; undefined before any. */
  code: ExitCode | undefined
  private readonly controls: Control[] = []
  /** What ends the pauses between runs. */
  private readonly pauses: (() => void)[] = []
  private received = 0
  /** True when a signal has cut short work after the load, such as deliveries to webhooks, which the verdict does not show. */
  hasCut = false
  private readonly say: (text: string) => void
  private readonly onInterrupt = () => this.receive(EXIT.sigint)
  private readonly onTerminate = () => this.receive(EXIT.sigterm)

  constructor(say: (text: string) => void) {
    this.say = say
    process.on('SIGINT', this.onInterrupt)
    process.on('SIGTERM', this.onTerminate)
    // The terminal was closed. Node cannot see that `nohup` ignores the signal; `--detach` is the way to survive it.
    process.on('SIGHUP', this.onTerminate)
  }

  /** Adds a run that signals stop. If there was a signal before, the run is stopped at once. */
  attach(control: Control): void {
    this.controls.push(control)
    if (this.code !== undefined) control.stop('signal')
  }

  /** Resolves after so many ms, or at the first signal. */
  pause(ms: number): Promise<void> {
    if (this.code !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.pauses.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Returns how long attempts may still finish, in ms: the `planned` time of the scenario, after SIGTERM at most 10 s. */
  graceMs(planned: number): number {
    return this.code === EXIT.sigterm ? Math.min(planned, SIGTERM_GRACE_MS) : planned
  }

  release(): void {
    process.off('SIGINT', this.onInterrupt)
    process.off('SIGTERM', this.onTerminate)
    process.off('SIGHUP', this.onTerminate)
  }

  private receive(code: ExitCode): void {
    this.received += 1
    this.code ??= code
    if (this.received === 1) {
      this.say('stopping: what is in flight may finish; once more to stop at once')
      for (const control of this.controls) control.stop('signal')
      for (const end of this.pauses.splice(0)) end()
    } else if (this.received === 2) {
      for (const control of this.controls) control.cancel()
    } else {
      process.exit(this.code)
    }
  }
}
