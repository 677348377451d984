import type { Random } from '../random.ts'
import type { Rows } from '../records/cursor.ts'
import { closeDataFile } from '../records/file.ts'
import type { Row } from '../records/record.ts'
import { type Share, WHOLE } from '../statistics/parts/share.ts'
import { type Order, randomOrder, shuffleOrder } from './order.ts'
import { type FeederSpec, type OnEnd, onEndOf } from './schema.ts'
import { memoryRows, openSource } from './source.ts'
import { type Table, tableOf } from './table.ts'

interface FeederContext {
  /** Folder of the scenario; the data file must be in it or below it. */
  readonly baseDir: string
  /** The stream of random numbers for this data file alone; the same in every process of a run. */
  readonly random: Random
  /** The part of the run that this process makes: it uses the rows whose number modulo `count` is `index`. Left out for the whole run. */
  readonly share?: Share
  readonly signal?: AbortSignal
}

/** Hands out the rows of one data file, one to each iteration. */
export interface Feeder {
  /** Names of the columns; undefined when each row has its own (JSON). */
  readonly columns: readonly string[] | undefined
  /** What happens when the rows are used up: `stop` ends the run normally, `fail` with an error; with `wrap` they begin again. */
  readonly onEnd: OnEnd
  /** Why there are no more rows, for a message; undefined while there are some. */
  readonly exhausted: string | undefined
  /**
   * Returns the row of the next iteration; undefined when the rows are used up. Called once for each iteration that starts. `user` is the
   * number of the user in the whole run, for `pick: user`. Reads the disk now and then, synchronously. Throws DataError when the file is
   * malformed or was changed.
   */
  next(user: number): Row | undefined
  close(): void
}

/**
 * Opens a data file and returns the feeder, which gives each iteration a row of the file. With `pick: sequence` and `pick: unique`, the rows of a CSV
 * or JSON Lines file are read from the disk when they are needed; in all other cases, the whole file is read once here. A run can be split between
 * several processes: `context.share` then says which rows this one hands out. Rejects with DataError.
 */
export async function openFeeder(spec: FeederSpec, context: FeederContext): Promise<Feeder> {
  const source = openSource(spec, context.baseDir)
  if (spec.pick === 'sequence' || spec.pick === 'unique') {
    if (source.kind === 'memory') return sequential(spec, memoryRows(source.rows), context.share, undefined, () => {})
    return sequential(spec, source.cursor, context.share, source.columns, () => closeDataFile(source.file))
  }
  const table = await tableOf(source, context.signal)
  return spec.pick === 'user' ? perUser(spec, table) : drawn(spec, table, orderOf(spec, table, context.random), context.share)
}

function sequential(
  spec: FeederSpec,
  rows: Rows,
  share: Share = WHOLE,
  columns: readonly string[] | undefined,
  release: () => void,
): Feeder {
  const onEnd = onEndOf(spec)
  let exhausted: string | undefined
  const advance = (): boolean => {
    if (rows.advance()) return true
    if (onEnd !== 'wrap') return false
    rows.rewind()
    return rows.advance()
  }
  let steps = share.index + 1
  return {
    columns,
    onEnd,
    get exhausted() {
      return exhausted
    },
    next() {
      for (; exhausted === undefined && steps > 0; steps -= 1) if (!advance()) exhausted = usedUp(spec)
      steps = share.count
      return exhausted === undefined ? rows.row() : undefined
    },
    close: once(release),
  }
}

function orderOf(spec: FeederSpec, { count }: Table, random: Random): Order {
  return spec.pick === 'random' ? randomOrder(count, random) : shuffleOrder(count, random, onEndOf(spec) === 'wrap')
}

function drawn(spec: FeederSpec, table: Table, order: Order, { index, count }: Share = WHOLE): Feeder {
  let exhausted: string | undefined
  let draws = index + 1
  const draw = (): number => {
    let row = 0
    // Draws of the other shares are made here as well, so that all shares follow the same order.
    for (; draws > 0 && row >= 0; draws -= 1) row = order()
    draws = count
    return row
  }
  return {
    columns: table.columns,
    onEnd: onEndOf(spec),
    get exhausted() {
      return exhausted
    },
    next() {
      const row = exhausted === undefined ? draw() : -1
      if (row >= 0) return table.row(row)
      exhausted = usedUp(spec)
      return undefined
    },
    close: once(() => table.close()),
  }
}

function perUser(spec: FeederSpec, table: Table): Feeder {
  const onEnd = onEndOf(spec)
  let exhausted: string | undefined
  return {
    columns: table.columns,
    onEnd,
    get exhausted() {
      return exhausted
    },
    next(user) {
      if (user < table.count || onEnd === 'wrap') return table.row(user % table.count)
      exhausted = `${spec.file} has ${table.count} rows, and there is a user number ${user + 1}`
      return undefined
    },
    close: once(() => table.close()),
  }
}

function usedUp(spec: FeederSpec): string {
  return `every row of ${spec.file} was used${spec.pick === 'unique' ? ' once' : ''}`
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}
