/** Writes a trace anew in burn's own format, without texts or names that could identify someone. */
import type { TracedTurn } from './formats/format.ts'
import { numberOf, TraceNumbers, type TurnNumbers } from './numbers.ts'
import { located, tokensOf } from './scan.ts'
import type { TraceSource } from './source.ts'

/** Approximate number of characters that are written at once. */
const PART_CHARACTERS = 64 * 1024

/**
 * Makes an anonymous copy of a trace, in burn's own format. The copy keeps times and lengths, but no texts or models. It has numbers in place of the
 * ids of sessions and of prompt blocks. The memory needed grows only with the number of different ids.
 */
export class AnonymousTrace {
  requests = 0
  sessions = 0
  /** Number of rows without a request, which are left out. */
  empty = 0
  private readonly source: TraceSource
  private readonly ratePerSecond: number
  private readonly numbers: TraceNumbers
  private largest = -1
  private readonly blocks = new Map<number, number>()

  /**
   * Makes an anonymous copy of a trace. `source` is a trace file of which no row was read yet. `ratePerSecond` is the number of sessions that start
   * per second, for a format without times.
   */
  constructor(source: TraceSource, ratePerSecond: number) {
    this.source = source
    this.ratePerSecond = ratePerSecond
    this.numbers = new TraceNumbers(source.format.isTimed)
  }

  /** Yields all rows, many in each text. @throws DataError with the line of the first malformed row */
  *rows(): Generator<string> {
    const { source } = this
    let part = ''
    for (let record = 0; source.cursor.advance(); record += 1) {
      part += located(source, () => this.rowsOf(source.format.read(source.cursor.row()), record))
      if (part.length < PART_CHARACTERS) continue
      yield part
      part = ''
    }
    yield part
  }

  private rowsOf(turns: readonly TracedTurn[], record: number): string {
    if (turns.length === 0) this.empty += 1
    return turns.map((turn) => `${JSON.stringify(this.rowOf(turn, this.numbers.of(turn, record)))}\n`).join('')
  }

  private rowOf(turn: TracedTurn, { at, session: known }: TurnNumbers): object {
    this.requests += 1
    const isNew = known > this.largest
    if (isNew) {
      this.largest = known
      this.sessions += 1
    }
    const { delayMs, prompt, answer, inputTokens, outputTokens, blocks = [] } = turn
    return {
      ...(this.source.format.isTimed ? { atMs: Number.isNaN(at) ? undefined : at, delayMs } : this.pacedTime(isNew)),
      session: known < 0 ? undefined : this.source.format.isTimed ? known + 1 : this.sessions,
      inputTokens: tokensOf(inputTokens, prompt),
      outputTokens: tokensOf(outputTokens, answer),
      blocks: blocks.length === 0 ? undefined : blocks.map((id) => numberOf(this.blocks, id, 'blocks')),
    }
  }

  /** Returns when a turn is due in a format without times: the first of a session at the given rate, the others right after the previous reply. */
  private pacedTime(isFirst: boolean): { atMs: number } | { delayMs: number } {
    return isFirst ? { atMs: ((this.sessions - 1) / this.ratePerSecond) * 1000 } : { delayMs: 0 }
  }
}
