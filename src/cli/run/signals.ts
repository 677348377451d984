/** SIGINT, SIGTERM and SIGHUP: the first stops arrivals and drains, the second ends the drain, the third the process. */
import { EXIT, type ExitCode } from '../../errors.ts'
import type { Control } from '../../runner/control.ts'

/** Kubernetes kills 30 s after SIGTERM: the drain must leave time to write the files. */
const SIGTERM_GRACE_MS = 10_000

export class Signals {
  /** Exit code of the first signal; undefined while none came. */
  code: ExitCode | undefined
  private control: Control | undefined
  private received = 0
  private readonly say: (text: string) => void
  private readonly onInterrupt = () => this.receive(EXIT.sigint)
  private readonly onTerminate = () => this.receive(EXIT.sigterm)

  constructor(say: (text: string) => void) {
    this.say = say
    process.on('SIGINT', this.onInterrupt)
    process.on('SIGTERM', this.onTerminate)
    // The terminal was closed. Node does not let a process know that `nohup` wanted it to live on; `--detach` does that.
    process.on('SIGHUP', this.onTerminate)
  }

  /** The run that signals act on. One that starts after a signal is stopped at once. */
  attach(control: Control): void {
    this.control = control
    if (this.code !== undefined) control.stop('signal')
  }

  /** How long the drain may last, given what the scenario says. */
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
      this.control?.stop('signal')
    } else if (this.received === 2) {
      this.control?.cut()
    } else {
      process.exit(this.code)
    }
  }
}
