/** The command `burn convert --anonymize`: makes a copy of a trace that contains nothing private. */
import { realpathSync } from 'node:fs'
import { parse } from 'node:path'
import { EXIT, readErrorText, UsageError } from '../../errors.ts'
import { AnonymousTrace } from '../../load/trace/anonymous.ts'
import { openTrace, type TraceSource } from '../../load/trace/source.ts'
import { closeDataFile, DataError } from '../../records/file.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { formatGrouped, parseRate } from '../../text/units.ts'
import { withUnit } from '../load/run-flags.ts'
import { type ConvertFlags, writeNewFiles } from '../output/new-files.ts'
import { note } from '../output/notes.ts'
import { PacedOutput } from '../tail/paced-output.ts'

/**
 * Writes a copy of the trace `file` without texts, names and ids, and prints on stderr how many requests it has. Either the whole copy is written, or
 * nothing. @throws UsageError for a malformed trace (with the line), or an output file that exists already; LocalError when writing fails
 */
export async function anonymizeCommand(file: string, flags: ConvertFlags): Promise<number> {
  const { output = '-', from = 'auto', force = false } = flags
  if (file === '-') throw new UsageError('a trace is read twice, and cannot come from standard input', 'give its file')
  const rate = rateOf(flags)
  const path = realPathOf(file)
  const open = () => openTrace(path, from, parse(path).root)
  try {
    if (output === '-') await print(open, rate)
    else {
      openOutputs([output])
      await writeNewFiles([{ path: output, text: anonymous(open, rate) }], force)
      process.stdout.write(`${output}\n`)
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new UsageError(`${file}${error.message.slice(path.length)}`, error.hint, { cause: error })
  }
  return EXIT.ok
}

function rateOf({ rate }: ConvertFlags): number | undefined {
  if (rate === undefined) return undefined
  const perSecond = parseRate(withUnit('--rate', rate, '/s'))
  if (perSecond !== undefined && perSecond > 0) return perSecond
  throw new UsageError(`--rate ${rate}: expected a rate such as 2/s or 90/m`)
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file)
  } catch (error) {
    throw new UsageError(`${file}: ${readErrorText(error)}`, undefined, { cause: error })
  }
}

/** Prints the anonymous trace on stdout after all rows were checked. Stops when the reader of stdout closes it. */
async function print(open: () => TraceSource, rate: number | undefined): Promise<void> {
  for await (const _ of anonymous(open, rate, () => undefined));
  const output = new PacedOutput(process.stdout, new AbortController().signal)
  for await (const part of anonymous(open, rate)) {
    await output.add(part)
    if (output.closed) return
  }
  await output.flush()
}

/** Yields the rows of the anonymous trace as texts, and finally calls `say` with a sentence about its counts. */
async function* anonymous(open: () => TraceSource, rate: number | undefined, say = note): AsyncGenerator<string> {
  const source = open()
  try {
    checkRate(source, rate)
    const trace = new AnonymousTrace(source, rate ?? 0)
    yield* trace.rows()
    if (trace.requests === 0) throw new DataError(source.file.name, undefined, 'there are no requests in the file')
    say(`note: ${countsOf(source, trace)}; without texts, models, and names of sessions`)
  } finally {
    closeDataFile(source.file)
  }
}

function countsOf({ format }: TraceSource, { requests, sessions, empty }: AnonymousTrace): string {
  const plural = (count: number, word: string) => `${formatGrouped(count)} ${word}${count === 1 ? '' : 's'}`
  const inSessions = sessions === 0 ? '' : ` in ${plural(sessions, 'session')}`
  const left = empty === 0 ? '' : `; ${plural(empty, 'row')} without a request left out`
  return `${plural(requests, 'request')}${inSessions} of a trace of format ${format.name}${left}`
}

function checkRate({ file, format }: TraceSource, rate: number | undefined): void {
  if (format.isTimed && rate !== undefined)
    throw new DataError(file.name, undefined, `the rows of a trace of format ${format.name} have times: leave out --rate`)
  if (!format.isTimed && rate === undefined)
    throw new DataError(
      file.name,
      undefined,
      `a trace of format ${format.name} has no times`,
      'add --rate 2/s: how many of its sessions start per second',
    )
}
