/** The connection of a worker process to its run: receives the messages of the run, and sends those of the worker. */
import { Control } from '../../engine/schedule/control.ts'
import type { StopFinding } from '../../engine/stop/stop-watch.ts'
import { LocalError } from '../../errors.ts'
import { momentAt } from './moment.ts'
import { type FromWorker, isWorker, PROTOCOL_VERSION, type ToWorker, type WorkerJob } from './protocol.ts'

/** The signals that a terminal sends to all processes of a run. A worker ignores them, because the main process handles them for the whole run. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * In a worker process, the connection (IPC) to the main process of its run. The worker ends when this connection ends, so that no worker outlives
 * its run.
 */
export class WorkerEnd {
  /** The job of this worker: its share, and the run that the share belongs to. */
  readonly job: WorkerJob
  /** How long attempts in flight may still run after the load, in ms; undefined for the time in the scenario. */
  graceMs: number | undefined
  /** The rule of `stopWhen` that has ended the run; undefined when none has. */
  rule: StopFinding | undefined
  /** True once the run was ended by a signal. What is cut from then on is no fault of the measurement. */
  isSignalled = false
  /** Controls the load of this worker. Messages of the run stop and cancel it. */
  readonly control = new Control()
  private readonly go = Promise.withResolvers<Extract<ToWorker, { kind: 'go' }>>()

  private constructor(job: WorkerJob) {
    this.job = job
    process.on('message', (message: ToWorker) => this.take(message))
  }

  /** Returns the connection of this process to its run; undefined when it is no worker. */
  static here(): WorkerEnd | undefined {
    return known && new WorkerEnd(known)
  }

  /**
   * Reports that this worker is ready, and waits for the start of the load. Resolves at the start, with its time on this process's clock, in ms.
   * Variables that the setup captured are added to `captured`; `learn` is called with each secret that the run has found.
   */
  async begin(captured: Record<string, unknown>, learn: (secret: string) => void): Promise<number> {
    await this.send({ kind: 'ready' })
    const go = await this.go.promise
    Object.assign(captured, go.captured)
    for (const secret of go.secrets) learn(secret)
    return momentAt(go.atNs)
  }

  /** Sends a message to the run; resolves when the system has taken it. */
  send(message: FromWorker): Promise<void> {
    return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()) ?? resolve())
  }

  private take(message: ToWorker): void {
    if (message.kind === 'go') this.go.resolve(message)
    // Only a signal cancels what is in flight.
    this.isSignalled ||= message.kind === 'cancel' || (message.kind === 'stop' && message.isSignal)
    if (message.kind === 'cancel') this.control.cancel()
    if (message.kind === 'stop') {
      this.graceMs = message.graceMs
      this.rule = message.rule
      if (message.rule) this.control.stopFor(message.rule.when)
      else this.control.stop('signal')
    }
  }
}

/** The job of this process, after it was received; undefined when the process is no worker. */
let known: WorkerJob | undefined

/**
 * Returns the command-line arguments that this process uses: in a worker those of its run, which arrive in a message (IPC), otherwise `argv`.
 * @throws LocalError when the main process is another version of burn
 */
export async function argumentsOf(argv: readonly string[]): Promise<readonly string[]> {
  if (!isWorker()) return argv
  process.once('disconnect', () => process.exit(1))
  for (const signal of SIGNALS) process.on(signal, () => {})
  const job = await new Promise<WorkerJob>((resolve) => process.once('message', (message) => resolve(message as WorkerJob)))
  if (job.version !== PROTOCOL_VERSION)
    throw new LocalError('burn was replaced by another version while the run began', 'start it again')
  known = job
  return [...argv.slice(0, 2), ...job.args]
}
