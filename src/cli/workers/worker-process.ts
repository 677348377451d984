/** Represents one worker process in the main process of the run. */
import { type ChildProcess, fork } from 'node:child_process'
import { now } from '../../clock.ts'
import type { DrawnShare } from '../../metrics/judge/grouped-sample.ts'
import type { LiveView } from '../../report/live/view.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import type { ProcessSecond } from './figures.ts'
import { type FromWorker, type ToWorker, WORKER_VARIABLE, type WorkerJob } from './protocol.ts'

/** The largest number of characters that are kept of a worker's output. A worker prints only why it fails. */
const MAX_PRINTED = 4096

/** The callbacks with which the main process of a run follows one worker process: for its messages, and for its end. */
export interface WorkerListener {
  /** Called after every message of a worker, and when it ends. */
  changed(): void
  /** Called when an `onError` rule has ended the share of the worker. */
  stopped(): void
  /** Called with the worker's report of one second. */
  seen(worker: WorkerProcess, second: ProcessSecond): void
  /** Called when the worker will send no more reports, or is lost. */
  left(worker: WorkerProcess): void
  /** Called with an event of the worker's share; `number` is that of the worker, from 1. */
  event(event: RunEvent, number: number): void
}

/**
 * One worker process of a run with `--workers`, as the main process sees it: starts it for its share of the load, exchanges messages with it, and
 * notices when it ends.
 */
export class WorkerProcess {
  readonly number: number
  private readonly child: ChildProcess
  private readonly listener: WorkerListener
  isReady = false
  isOver = false
  /** True when the worker will send no more reports of single seconds. */
  hasSeenAll = false
  /** Why the process ended before it had sent its result; undefined while it works, and after it sent one. */
  lost: string | undefined
  /** The result of the worker or, before that, its latest checkpoint; undefined before the first one. */
  result: Result | undefined
  isDone = false
  anomalies = ''
  /** What it has drawn of its replies for a judge; undefined before its load is over, and without a judge. */
  drawn: DrawnShare | undefined
  view: LiveView | undefined
  /** The number of attempts that the worker has planned, by its last message. */
  planned = 0
  /** When that message was sent, in ms since the run began; 0 before the first one. */
  reportedMs = 0
  /** When the process ended, on the monotonic clock in ms; undefined while it goes on. */
  endedAt: number | undefined
  printed = ''
  private silentSeconds = 0

  /** Starts the process; `number` is its number among the processes of the run, from 1. */
  constructor(number: number, job: WorkerJob, listener: WorkerListener) {
    this.number = number
    this.listener = listener
    this.child = fork(process.argv[1] ?? '', ['run'], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      windowsHide: true,
      env: { ...process.env, [WORKER_VARIABLE]: '1' },
    })
    this.child.on('message', (message: FromWorker) => this.take(message))
    this.child.on('error', (error) => this.end(error.message))
    this.child.on('exit', (code, signal) =>
      this.end(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
    )
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.printed = (this.printed + bytes.toString('utf8')).slice(-MAX_PRINTED)
    })
    this.send(job)
  }

  /** The id of the process in the operating system; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid
  }

  /** Sends a message; does nothing when the process has ended. */
  send(message: ToWorker): void {
    // An error means that the process is just ending, which the event `exit` reports.
    if (this.child.connected) this.child.send(message, () => {})
  }

  /** Ends the process at once. */
  kill(): void {
    this.child.kill('SIGKILL')
  }

  /** Called once a second while the run waits. After `limit` calls without a message from the worker, it is ended and counts as lost. */
  secondPassed(limit: number): void {
    this.silentSeconds += 1
    if (this.isDone || this.lost !== undefined || this.silentSeconds < limit) return
    this.kill()
    this.end(`it said nothing for ${limit} seconds`)
  }

  private take(message: FromWorker): void {
    const { listener } = this
    this.silentSeconds = 0
    if (message.kind === 'ready') this.isReady = true
    else if (message.kind === 'over') this.isOver = true
    else if (message.kind === 'checkpoint') this.result = message.result
    else if (message.kind === 'stopped') listener.stopped()
    else if (message.kind === 'event') listener.event(message.event, this.number)
    else if (message.kind === 'last') {
      this.drawn = message.drawn
      if (message.seen) listener.seen(this, message.seen)
      this.leave()
    } else if (message.kind === 'second') {
      this.view = message.view
      this.planned = message.planned
      this.reportedMs = message.atMs
      if (message.seen) listener.seen(this, message.seen)
    } else if (message.kind === 'done') {
      this.result = message.result
      this.anomalies = message.anomalies
      this.isOver = true
      this.isDone = true
      this.leave()
    }
    listener.changed()
  }

  /** Records that the worker will send no more reports of single seconds. */
  private leave(): void {
    if (this.hasSeenAll) return
    this.hasSeenAll = true
    this.listener.left(this)
  }

  private end(why: string): void {
    if (!this.isDone) this.lost ??= why
    this.endedAt ??= now()
    this.isOver = true
    this.leave()
    this.listener.changed()
  }
}
