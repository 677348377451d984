/** Opens a trace file for a load. The whole file is read once; the same part of an unchanged file is not read again. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { closeDataFile, DataError } from '../../records/file.ts'
import type { Share } from '../../statistics/parts/share.ts'
import type { TraceFacts } from './facts.ts'
import type { TraceFormat } from './formats/format.ts'
import { orderTurns, type TurnOrder } from './order.ts'
import { TracePlay } from './play.ts'
import { type ScannedTrace, scanTrace, type TokenSum } from './scan.ts'
import { openTrace } from './source.ts'
import { type TracePace, type TraceTimetable, traceTimetable } from './timetable.ts'

/** The settings of a trace replay: the file, its format, and its pace. */
export interface TraceSettings extends TracePace {
  readonly file: string
  /** The name of a format of trace files, or `auto` to detect it. */
  readonly format: string
}

/** A trace file that was read, with its requests in order. */
interface ReadTrace {
  readonly format: TraceFormat
  readonly scanned: ScannedTrace
  readonly order: TurnOrder
}

/** A trace that is ready to be replayed: `timetable` says when its requests are due, and `play` what each of them is to send. */
export interface OpenedTrace {
  readonly timetable: TraceTimetable
  readonly play: TracePlay
}

/** How many traces are cached: a scenario is read several times, once with each of its profiles. */
const MAX_KEPT = 4
const kept = new Map<string, ReadTrace>()

/**
 * Reads the trace file `settings.file`, a path relative to the folder `baseDir`, and makes it ready to be replayed.
 * @throws DataError when the file cannot be read, has no requests in the part to replay (or more than 5 million), or has a malformed row (the message
 * has its line). Also when `settings.rate` is set for a trace that has times of its own, or is missing for a trace that has none.
 */
export function openedTrace(settings: TraceSettings, baseDir: string): OpenedTrace {
  const { format, scanned, order } = readTrace(settings, baseDir)
  const { file, speed, maxGapMs, rounds } = settings
  const timetable = traceTimetable(scanned, order, settings)
  const facts: TraceFacts = {
    file,
    format: format.name,
    requests: scanned.times.length * rounds,
    timed: timetable.count,
    sessions: order.sessions * rounds,
    lengthMs: timetable.lengthMs,
    perSecond: (timetable.count / timetable.lengthMs) * 1000,
    peakPerSecond: timetable.peakPerSecond,
    input: overRounds(scanned.input, rounds),
    output: overRounds(scanned.output, rounds),
    empty: scanned.empty,
    outside: scanned.outside,
    disorder: scanned.disorder,
  }
  return { timetable, play: new TracePlay({ name: file, baseDir, format }, scanned, order, { speed, maxGapMs }, facts) }
}

/**
 * Returns the part of a recorded trace that one worker or shard (`share`) replays: some of the sessions, each of them whole, at the same times as in
 * the replay of the whole trace.
 */
export function partOfTrace({ timetable, play }: OpenedTrace, share: Share): OpenedTrace {
  const arrivals = play.arrivalsOf(share)
  return { timetable: timetable.only(arrivals), play: play.only(arrivals) }
}

function overRounds({ total, most, known, estimated }: TokenSum, rounds: number): TokenSum {
  return { total: total * rounds, most, known: known * rounds, estimated: estimated * rounds }
}

function readTrace({ file, format: name, window, ratePerSecond }: TraceSettings, baseDir: string): ReadTrace {
  const source = openTrace(file, name, baseDir)
  try {
    const { format } = source
    checkRate(file, format, ratePerSecond)
    const { mtimeMs } = statSync(resolve(baseDir, file))
    const key = JSON.stringify([resolve(baseDir, file), source.file.size, mtimeMs, format.name, window.from, String(window.to)])
    const known = kept.get(key)
    if (known) return known
    const scanned = scanTrace(source, window)
    if (scanned.times.length === 0) throw new DataError(file, undefined, nothingTaken(scanned))
    const read = { format, scanned, order: orderTurns(scanned, format.isTimed) }
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size + 1 - MAX_KEPT))) kept.delete(oldest)
    kept.set(key, read)
    return read
  } finally {
    closeDataFile(source.file)
  }
}

function nothingTaken({ outside }: ScannedTrace): string {
  return outside === 0 ? 'there are no requests in the file' : `none of its ${outside} requests is due within from and to`
}

function checkRate(file: string, { name, isTimed }: TraceFormat, ratePerSecond: number): void {
  if (isTimed && ratePerSecond > 0)
    throw new DataError(file, undefined, `the rows of a trace of format ${name} have times: rate does not apply`, 'use speed')
  if (!isTimed && ratePerSecond === 0)
    throw new DataError(
      file,
      undefined,
      `a trace of format ${name} has no times`,
      'add rate, such as rate: 2/s: sessions that start per second',
    )
}
