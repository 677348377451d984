/** Opens the file or stdout to which the events of `burn run --events` are written. */
import { createWriteStream, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { type ExitCode, type LocalError, UsageError } from '../../errors.ts'
import type { RunEvent } from '../../result/event.ts'
import { codeOf, localError } from '../../store/files/local-error.ts'
import { checkWritable } from '../../store/files/output-file.ts'
import { safeJson } from '../../text/escape.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { reportFailure } from '../output/failure.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import type { EventSink } from './recorded/events.ts'

/** The value of `--events` that stands for stdout. */
const STDOUT = '-'

/**
 * Checks the flag `--events`: no other flag may write to the same place, and its file must be writable. `refuse` is called with the file; it throws
 * when the file must not be overwritten.
 * @throws UsageError, LocalError
 */
export function checkEvents({ events, json, output, detach }: RunFlags, refuse: (file: string) => void): void {
  if (events === undefined) return
  if (events === STDOUT && json)
    throw new UsageError('--events - and --json both print on stdout', 'write the result to a file: -o')
  if (events === STDOUT && detach)
    throw new UsageError('--detach: a run in the background has no stdout for --events -', 'name a file')
  if (output !== undefined && resolve(output) === resolve(events))
    throw new UsageError(`--events and --output are both to be written to ${events}`, 'give each its own file')
  if (events === STDOUT) return
  refuse(events)
  checkWritable(events, true)
}

/** Opens what `--events` writes to: stdout, or a file, which is emptied. Returns undefined without the flag. @throws LocalError */
export async function openEvents({ events }: Pick<RunFlags, 'events'>): Promise<EventWriter | undefined> {
  if (events === undefined) return undefined
  if (events === STDOUT) return new EventWriter(process.stdout, 'stdout')
  try {
    return new EventWriter(createWriteStream(events, { fd: openSync(events, 'w') }), events)
  } catch (error) {
    throw localError(`cannot write ${events}`, error)
  }
}

/**
 * Writes each event at once as a line of JSON, with secrets masked. A reader that closes the pipe does not end the run; an error such as a full disk
 * is reported at the end.
 */
class EventWriter implements EventSink {
  private readonly stream: Writable
  private readonly place: string
  private failure: LocalError | undefined

  constructor(stream: Writable, place: string) {
    this.stream = stream
    this.place = place
    // Errors of stdout are handled for all commands in cli/main.ts.
    if (stream !== process.stdout) stream.on('error', (error) => this.note(error))
  }

  private note(error: Error): void {
    if (codeOf(error) !== 'EPIPE') this.failure ??= localError(`cannot write ${this.place}`, error)
  }

  write(event: RunEvent): void {
    if (!this.stream.destroyed) this.stream.write(`${safeJson(knownSecrets.redactValue(event))}\n`)
  }

  /** Waits until all events are written. When some could not be written, reports it and returns the exit code for it. */
  async close(): Promise<ExitCode | undefined> {
    if (this.stream !== process.stdout && !this.stream.destroyed)
      await new Promise<void>((closed) => {
        this.stream.once('close', closed)
        this.stream.end()
      })
    return this.failure && reportFailure(this.failure)
  }
}
