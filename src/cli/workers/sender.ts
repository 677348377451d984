import { now } from '../../clock.ts'
import type { LiveThresholds } from '../../engine/outcome/evaluators.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { inTurns, type Pieces } from '../../pieces.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import { redactInPieces } from '../../store/redact-result.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { LiveWatch } from '../output/live-view.ts'
import { SecondReader } from './figures.ts'
import type { FromWorker } from './protocol.ts'
import type { WorkerEnd } from './worker-end.ts'

/** The time between two checkpoints of a worker, in ms. If the worker is lost, nothing is known about the time after its last checkpoint. */
const CHECKPOINT_MS = 2000

/** Sends, from a worker process to the main process of the run, what was counted in each second and the worker's result so far (checkpoints). */
export class Sender {
  private readonly end: WorkerEnd
  private readonly watch = new LiveWatch()
  private nextAt = Number.NEGATIVE_INFINITY
  private busy: Promise<void> | undefined
  private readonly reader = new SecondReader()
  private thresholds: LiveThresholds | undefined

  constructor(end: WorkerEnd) {
    this.end = end
    const { control } = end
    const unsubscribe = control.onChange(() => {
      if (control.reason === 'onError') void end.send({ kind: 'stopped' })
      unsubscribe()
    })
  }

  /** Sends the figures of the last second, and every 2 s a checkpoint as well. */
  second(run: RunState, checkpoint: () => Pieces<Result | undefined>, thresholds: LiveThresholds): void {
    this.thresholds = thresholds
    const seen = this.seen(run)
    void this.end.send({
      kind: 'second',
      view: this.watch.view(run),
      planned: run.recorder.total.counts.planned,
      atMs: now() - run.startedAt,
      ...(seen && { seen }),
    })
    if (this.busy !== undefined || now() < this.nextAt) return
    this.nextAt = now() + CHECKPOINT_MS
    this.busy = this.checkpoint(checkpoint()).finally(() => {
      this.busy = undefined
    })
  }

  private seen(run: RunState) {
    const { reader, thresholds } = this
    return this.end.job.isFollowed && thresholds ? reader.read(run, thresholds, now() - run.startedAt) : undefined
  }

  /** Sends the last report: about the time after the last whole second of the run, and what was drawn of the replies for a judge. */
  async over(run: RunState): Promise<void> {
    const seen = this.seen(run)
    const drawn = run.gradedSample?.share
    await this.end.send({ kind: 'last', ...(seen && { seen }), ...(drawn && { drawn }) })
  }

  /** Sends an event of the share. Secrets in it are masked here, because only this process may know some of them. */
  event(event: RunEvent): void {
    void this.end.send({ kind: 'event', event: knownSecrets.redactValue(event) as RunEvent }) // the cast is safe: only texts are changed
  }

  private async checkpoint(work: Pieces<Result | undefined>): Promise<void> {
    const { made } = await inTurns(work)
    if (!made) return
    const clean = await inTurns(redactInPieces(made, knownSecrets))
    await this.end.send({ kind: 'checkpoint', result: clean.made })
  }

  /** Sends the last message, and closes the connection to the run. */
  async last(message: FromWorker): Promise<void> {
    await this.busy
    await this.end.send(message)
    process.removeAllListeners('disconnect')
    if (process.connected) process.disconnect()
  }
}
