/** Lets the parts of a run begin together: at a given time, or as soon as all have written a file into a shared folder. */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, now, wallAnchor } from '../../../clock.ts'
import type { Control } from '../../../engine/schedule/control.ts'
import { LocalError, UsageError } from '../../../errors.ts'
import type { Result } from '../../../result/schema.ts'
import { makeFolders } from '../../../store/files/folders.ts'
import { localError } from '../../../store/files/local-error.ts'
import { parseDuration } from '../../../text/units.ts'
import { type RunFlags, withUnit } from '../../load/run-flags.ts'

const DEFAULT_SKEW_MS = 2000
/**
 * The largest lateness of a part, in ms, at which it still keeps the planned times. A part that is later shifts its whole load, so that its arrivals
 * do not count as late.
 */
const UNNOTICED_MS = 20
/** How often a part looks into the shared folder, in ms. */
const POLL_MS = 50
/** How long after the arrival of the last part all parts begin, in ms. */
const GO_AFTER_MS = 1000
/** How long a part waits for the others in the shared folder, in ms. */
const MEET_WITHIN_MS = 600_000

type Flags = Pick<RunFlags, 'startAt' | 'maxSkew' | 'barrier' | 'shard'>

/** Delays the load of a shard, the part of a run that one machine makes (`--shard 2/3`), so that all shards begin at the same time. */
export class StartTogether {
  /** How late this part began after the common start, in ms; undefined before it began, and when there is no common start. */
  lateMs: number | undefined
  /** Why this part did not begin; undefined when it did or still waits. */
  notBegun: string | undefined
  private readonly shard: NonNullable<Result['shard']>
  private readonly at: number | undefined
  private readonly barrier: string | undefined
  private readonly maxSkewMs: number

  /**
   * Reads from the flags when the part begins: at a time (`--start-at`), or when all parts are ready (`--barrier`). @throws UsageError for flags that
   * contradict each other or have a wrong value
   */
  constructor(flags: Flags, shard: NonNullable<Result['shard']>) {
    this.shard = shard
    this.barrier = flags.barrier
    this.at = flags.startAt === undefined ? undefined : momentOf(flags.startAt)
    if (flags.startAt !== undefined && flags.barrier !== undefined)
      throw new UsageError('--start-at and --barrier both say when the parts begin', 'leave one of them out')
    if (flags.barrier !== undefined && shard.run === undefined)
      throw new UsageError(
        '--barrier needs a name of the run, so that files of an earlier one in the folder are no part of it',
        'set BURN_RUN_ID to another text for each run, the same for all its shards',
      )
    this.maxSkewMs = flags.maxSkew === undefined ? DEFAULT_SKEW_MS : durationOf('--max-skew', flags.maxSkew)
  }

  /**
   * Waits for the common start. Resolves `leadMs` ms before all parts begin, with the time at which they begin, on the monotonic clock in ms; earlier
   * when the run is stopped.
   * @throws LocalError when the shared folder cannot be used
   */
  async moment(control: Control, leadMs = 0): Promise<number> {
    const at = this.at ?? (this.barrier === undefined ? undefined : await this.agreed(this.barrier, control))
    if (at === undefined || control.state !== 'running') return now() + leadMs
    const due = at - wallAnchor()
    await waitFor(
      control,
      () => now() >= due - leadMs,
      () => due - leadMs - now(),
    )
    const late = now() + leadMs - due
    this.lateMs = Math.max(0, Math.round(late))
    if (late > this.maxSkewMs) {
      this.giveUp(
        `it was ${Math.round(late)} ms late for the common start, more than --max-skew allows (${this.maxSkewMs} ms)`,
        control,
      )
    }
    return late > 0 && late <= UNNOTICED_MS ? due : now() + leadMs
  }

  /**
   * Agrees on the start through the shared folder. Each part writes a file with a random number. When all files are there, the first part writes the
   * time at which all begin, and all their numbers. A part whose number is missing has found files of an earlier start.
   */
  private async agreed(folder: string, control: Control): Promise<number | undefined> {
    const { index, of, run = 'run' } = this.shard
    const prefix = `${run.replace(/[^\w.-]/g, '_')}-${of}-`
    const go = join(folder, `${prefix}go`)
    const ready = (part: number) => join(folder, `${prefix}ready-${part}`)
    const own = randomBytes(4).toString('hex')
    const missing = () => shardsMissing(folder, `${prefix}ready-`, of)
    const until = now() + MEET_WITHIN_MS
    const comeTo = (isSo: () => boolean) =>
      waitFor(
        control,
        () => isSo() || now() >= until,
        () => POLL_MS,
      )
    try {
      makeFolders(folder)
      putWhole(ready(index), own)
      if (index === 0 && !existsSync(go)) {
        await comeTo(() => missing().length === 0)
        if (control.state === 'running' && missing().length === 0) {
          const numbers = Array.from({ length: of }, (_, part) => readFileSync(ready(part), 'utf8'))
          putWhole(go, `${Date.now() + GO_AFTER_MS} ${numbers.join(',')}`)
        }
      }
      await comeTo(() => existsSync(go))
      if (existsSync(go)) {
        const { at, numbers } = startIn(go)
        if (numbers.has(own)) return at
        this.giveUp(`${folder} holds files of an earlier start of ${run}: ${WHAT_TO_DO}`, control)
      }
    } catch (error) {
      throw localError(`cannot wait in ${folder}`, error)
    }
    if (control.state === 'running')
      this.giveUp(`not all shards came to ${folder} within 10 minutes: ${namesOf(missing(), of)}`, control)
    return undefined
  }

  private giveUp(why: string, control: Control): void {
    this.notBegun = why
    control.stop('finished')
  }
}

/** Returns the numbers (from 0) of the shards that have no file in the folder yet. */
function shardsMissing(folder: string, prefix: string, of: number): number[] {
  const there = new Set(readdirSync(folder))
  return Array.from({ length: of }, (_, index) => index).filter((index) => !there.has(`${prefix}${index}`))
}

const MAX_NAMES = 20
const WHAT_TO_DO = 'set BURN_RUN_ID to another text for each run, or remove them before all shards are started again'

function namesOf(missing: readonly number[], of: number): string {
  if (missing.length === 0) return 'all are there, but shard 1 gave no moment to begin'
  const names = missing.slice(0, MAX_NAMES).map((index) => `${index + 1}/${of}`)
  return `${names.join(', ')}${missing.length > MAX_NAMES ? ` and ${missing.length - MAX_NAMES} others` : ''} missing`
}

/**
 * Returns what the first part wrote: the time of the start, in ms since 1970, and the numbers of the parts that take part in it. @throws LocalError
 * for a file with other content
 */
function startIn(path: string): { readonly at: number; readonly numbers: ReadonlySet<string> } {
  const [, at, numbers = ''] = /^(\d{1,15}) ([\da-f,]*)$/.exec(readFileSync(path, 'utf8')) ?? []
  if (at !== undefined) return { at: Number(at), numbers: new Set(numbers.split(',')) }
  throw new LocalError(
    `${path} holds no moment to begin`,
    'it was not written by burn, or is damaged: give an empty folder to --barrier',
  )
}

function putWhole(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text)
  renameSync(`${path}.tmp`, path)
}

/** Calls `isSo` every `pauseMs` ms. Resolves when it returns true or the run is stopped. */
async function waitFor(control: Control, isSo: () => boolean, pauseMs: () => number): Promise<void> {
  while (control.state === 'running' && !isSo())
    await new Promise<void>((resolve) => void after(Math.max(0, Math.min(POLL_MS, pauseMs())), resolve))
}

/** Parses a time, as RFC 3339 or `+90s` from now, to ms since 1970. @throws UsageError for any other text */
function momentOf(text: string): number {
  if (text.startsWith('+')) return Date.now() + durationOf('--start-at', text.slice(1))
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new UsageError(`--start-at ${text}: expected a moment such as 2026-01-01T10:00:00Z, or +90s`)
  return at
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(withUnit(flag, text, 's'))
  if (ms === undefined) throw new UsageError(`${flag} ${text}: expected a duration such as 90s`)
  return ms
}
