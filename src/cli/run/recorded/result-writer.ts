import type { Checkpoint } from '../../../engine/outcome/build-result.ts'
import type { RunState } from '../../../engine/outcome/run-state.ts'
import { withExits } from '../../../engine/outcome/verdict.ts'
import { EXIT, type LocalError } from '../../../errors.ts'
import type { Result } from '../../../result/schema.ts'
import { RESULT_NAME } from '../../../store/files/names.ts'
import type { Journal } from '../../../store/journal/journal.ts'
import { redactInPieces, redactResult } from '../../../store/redact-result.ts'
import { ResultCheckpointer } from '../../../store/result-file.ts'
import type { RunDir } from '../../../store/run-dir.ts'
import { knownSecrets, shortSecretsNote } from '../../output/known-secrets.ts'
import type { Log } from '../../output/log.ts'
import { anomaliesText } from './anomaly-file.ts'
import { RunFiles } from './files.ts'
import type { RecordedSettings, RunOneOptions } from './settings.ts'

type Secrets = Parameters<typeof shortSecretsNote>[0]

/**
 * Writes the result of a run to its folder: while the run goes on, again and again the result so far (a checkpoint); at its end, the whole result and
 * the reports. Secrets are masked.
 */
export class ResultWriter {
  private readonly files: RunFiles
  private readonly checkpointer: ResultCheckpointer
  private readonly settings: RecordedSettings
  private readonly secrets: Secrets
  private readonly detached: boolean
  private readonly log: Log
  /** The journal of the run, set once it is open. Its notes and its error become part of the result. */
  journal: Journal | undefined

  /** The lines of `anomalies.jsonl` that other processes of the run have sent. */
  moreAnomalies = ''

  /** Called with each checkpoint, whose secrets are masked. */
  onCheckpoint: ((result: Result) => void) | undefined

  /** Checks that the report files can be written. @throws LocalError */
  constructor(dir: RunDir, secrets: Secrets, settings: RecordedSettings, { reports, background, output }: RunOneOptions) {
    this.files = new RunFiles(dir, reports)
    this.checkpointer = new ResultCheckpointer(dir.resultPath)
    this.settings = settings
    this.secrets = secrets
    this.detached = background !== undefined
    this.log = output.log
  }

  /** Writes a checkpoint (the result so far), unless the last one was written a short time ago. */
  offer(checkpoint: () => Checkpoint): void {
    this.checkpointer.offer(() => this.presentableInPieces(checkpoint()))
  }

  private *presentableInPieces(work: Checkpoint): Checkpoint {
    const result = yield* work
    const clean = result && (yield* redactInPieces(this.complete(result), knownSecrets))
    if (clean) this.onCheckpoint?.(clean)
    return clean
  }

  /** Returns the result as it is written and shown: with the list of the run's files and notes on the journal, and with secrets masked. */
  private presentable(result: Result): Result {
    return redactResult(this.complete(result), knownSecrets)
  }

  private complete(result: Result): Result {
    const files = this.files.list(this.settings.journal, this.detached)
    const journal = this.journal?.notes() ?? []
    const notes = [...result.notes, ...shortSecretsNote(this.secrets), ...journal]
    return { ...result, files, notes, configuration: this.settings.configuration }
  }

  /** Sets whether the run has webhooks; if so, the result lists the file with their deliveries. */
  hasWebhooks(has: boolean): void {
    this.files.hasWebhooks = has
  }

  /** Writes the final result and the reports. Returns the result, with an error for each file that could not be written. */
  async write(measured: Result, state: RunState): Promise<Result> {
    this.files.keepAnomalies(anomaliesText(state) + this.moreAnomalies)
    const unwritten: LocalError[] = []
    const errors = () => [...(this.journal?.error ? [this.journal.error] : []), ...unwritten]
    const complete = () => this.presentable(withLocalErrors(measured, errors()))
    let result = complete()
    const makeRoom = () => {
      const hasRoom = this.journal?.giveRoom() === true
      result = complete()
      return hasRoom
    }
    const writeResult = () => this.files.attempt(RESULT_NAME, () => this.checkpointer.finish(result), makeRoom)
    const error = await writeResult()
    if (error) {
      unwritten.push(error)
      result = complete()
    }
    const known = errors().length
    unwritten.push(...(await this.files.writeReports(result, makeRoom)))
    if (errors().length > known) {
      result = complete()
      await writeResult()
      await this.files.writeReports(result, makeRoom)
      result = complete()
    }
    for (const { message, hint } of errors()) this.log('error', hint === undefined ? message : `${message} (${hint})`)
    // The process was busy while it wrote. A signal that arrived meanwhile is handled in the second turn of the event loop.
    for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate)
    return result
  }
}

/** Returns a result with the exit code and the message of each file that could not be written. */
function withLocalErrors(result: Result, errors: readonly LocalError[]): Result {
  if (errors.length === 0) return result
  return withExits(
    result,
    errors.map(({ message }) => ({ code: EXIT.local, why: message })),
  )
}
