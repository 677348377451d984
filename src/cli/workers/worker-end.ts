/** The end of a worker at which the run sends messages: what has come, and what is sent back. */
import { Control } from '../../engine/schedule/control.ts'
import { LocalError } from '../../errors.ts'
import { momentAt } from './moment.ts'
import { type FromWorker, isWorker, PROTOCOL_VERSION, type ToWorker, type WorkerJob } from './protocol.ts'

/** The signals that a terminal sends to all its processes, this one included: it is the run that decides what they mean. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The connection of a worker to its run. The process ends when the connection does: no worker outlives its run. */
export class WorkerEnd {
  /** What this worker is to do. */
  readonly job: WorkerJob
  /** How long attempts in flight may go on after the load, in ms; undefined as planned. */
  graceMs: number | undefined
  /** The control of the worker's share: the run stops and cancels it. */
  readonly control = new Control()
  private readonly go = Promise.withResolvers<Extract<ToWorker, { kind: 'go' }>>()

  private constructor(job: WorkerJob) {
    this.job = job
    process.on('message', (message: ToWorker) => this.take(message))
  }

  /** The end that this process is; undefined when it is no worker. */
  static here(): WorkerEnd | undefined {
    return known && new WorkerEnd(known)
  }

  /**
   * Says that all is ready. Resolves at the moment when the load begins, on the clock of this process, in ms. `captured` gets what setup captured,
   * `learn` the secrets that the run has found until then.
   */
  async begin(captured: Record<string, unknown>, learn: (secret: string) => void): Promise<number> {
    await this.send({ kind: 'ready' })
    const go = await this.go.promise
    Object.assign(captured, go.captured)
    for (const secret of go.secrets) learn(secret)
    return momentAt(go.atNs)
  }

  /** Sends a message to the run; resolves when it is on its way. */
  send(message: FromWorker): Promise<void> {
    return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()) ?? resolve())
  }

  private take(message: ToWorker): void {
    if (message.kind === 'go') this.go.resolve(message)
    if (message.kind === 'cancel') this.control.cancel()
    if (message.kind === 'stop') {
      this.graceMs = message.graceMs
      this.control.stop('signal')
    }
  }
}

/** What this process is to do as a worker. */
let known: WorkerJob | undefined

/**
 * Returns the arguments to go by: in a worker those of its run, which come over IPC; else the given ones. @throws LocalError when the run is of
 * another version of burn
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
