import type { Control } from '../../../engine/schedule/control.ts'
import { EXIT, type ExitCode } from '../../../errors.ts'

/**
 * How long attempts in flight may still run after SIGTERM, in ms. Kubernetes kills a container 30 s after SIGTERM, so some time must be left to write
 * the files.
 */
const SIGTERM_GRACE_MS = 10_000

/**
 * Ends the current runs on SIGINT, SIGTERM or SIGHUP. The first signal ends the load, the second cancels attempts in flight, the third ends the
 * process.
 */
export class Signals {
  /** The exit code for the first signal; undefined before any signal came. */
  code: ExitCode | undefined
  private readonly controls: Control[] = []
  /** The functions that end the current pauses between runs. */
  private readonly pauses: (() => void)[] = []
  private received = 0
  /** True when a signal has ended work after the load early, such as deliveries to webhooks; the verdict does not show this. */
  hasCut = false
  private readonly say: (text: string) => void
  private readonly onInterrupt = () => this.receive(EXIT.sigint)
  private readonly onTerminate = () => this.receive(EXIT.sigterm)

  constructor(say: (text: string) => void) {
    this.say = say
    process.on('SIGINT', this.onInterrupt)
    process.on('SIGTERM', this.onTerminate)
    // SIGHUP: the terminal was closed. Node cannot see that `nohup` ignores the signal; a run that must survive it needs `--detach`.
    process.on('SIGHUP', this.onTerminate)
  }

  /** Adds a run that signals stop. If there was a signal before, the run is stopped at once. */
  attach(control: Control): void {
    this.controls.push(control)
    if (this.code !== undefined) control.stop('signal')
  }

  /** Resolves after `ms` milliseconds, or at the first signal. */
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

  /** Returns how long attempts in flight may still run after the load, in ms: the `planned` time of the scenario, but at most 10 s after SIGTERM. */
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
