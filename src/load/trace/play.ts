/** A trace during a run: which turn each arrival starts, which turn follows it in its session, and what was recorded of each. */
import { changed, closeDataFile } from '../../records/file.ts'
import type { Row } from '../../records/record.ts'
import type { Share } from '../../statistics/parts/share.ts'
import type { TraceFacts } from './facts.ts'
import type { TracedTurn, TraceFormat } from './formats/format.ts'
import type { TurnOrder } from './order.ts'
import { TracePrompts } from './prompt.ts'
import { type ScannedTrace, tokensOf } from './scan.ts'
import { openTrace, type TraceSource } from './source.ts'

/** The recorded facts of one turn (request) of a trace, which the templates of steps read under the name `trace`. */
interface TraceValues {
  /** Number of the turn in the replayed part of the file, from 0. */
  readonly index: number
  /** How often the trace was played completely before, from 0. */
  readonly round: number
  /** Name of the turn's session in the file; '' when it belongs to none. */
  readonly session: string
  /** Index of the turn within its session, from 0. */
  readonly turn: number
  readonly first: boolean
  readonly last: boolean
  /** When the turn was due, in ms since the first row of the file; null when it follows the turn before it. */
  readonly atMs: number | null
  /** The recorded prompt, or else a generated text of as many tokens. */
  readonly prompt: string
  /** The recorded reply; '' when the file has none. */
  readonly answer: string
  /**
   * Recorded number of input tokens, or an estimate from the recorded text (characters ÷ 4); null when neither is known. The next field is the same
   * for output.
   */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly model: string
  /** The turn's row in the file, by column or key. */
  readonly row: Row
}

/** The open file with the rows of a trace. */
interface TraceFile {
  readonly name: string
  readonly baseDir: string
  readonly format: TraceFormat
}

/**
 * Replays the turns (requests) of a trace, in one or several rounds. Turns are numbered from 0 in the order of the file, and the numbers continue
 * from round to round: with 100 turns, the second round begins with turn number 100.
 */
export class TracePlay {
  readonly facts: TraceFacts
  private readonly file: TraceFile
  private readonly scanned: ScannedTrace
  private readonly order: TurnOrder
  private readonly delays: { readonly speed: number; readonly maxGapMs: number }
  private readonly prompts: TracePrompts
  private open: { readonly source: TraceSource; readonly read: (offset: number, end: number) => Row } | undefined

  constructor(
    file: TraceFile,
    scanned: ScannedTrace,
    order: TurnOrder,
    delays: { readonly speed: number; readonly maxGapMs: number },
    facts: TraceFacts,
  ) {
    this.file = file
    this.scanned = scanned
    this.order = order
    this.delays = delays
    this.facts = facts
    this.prompts = new TracePrompts(file.format.blockTokens ?? 1)
  }

  private get turns(): number {
    return this.scanned.times.length
  }

  /**
   * Returns the arrivals that belong to a share of the run, by their index within a round. All turns of a session belong to one share; a turn
   * without a session counts as a session of its own.
   */
  arrivalsOf({ index, count }: Share): Uint32Array {
    const all = Uint32Array.from(this.order.arrivals.keys())
    return all.filter((arrival) => this.keyOf(arrival) % count === index)
  }

  private keyOf(arrival: number): number {
    const session = this.scanned.sessions.at(this.order.arrivals[arrival] ?? 0)
    return session < 0 ? arrival : session
  }

  /** Returns the part of the trace that these arrivals start, given by their index within a round. */
  only(arrivals: Uint32Array): TracePlay {
    const own = arrivals.map((arrival) => this.order.arrivals[arrival] ?? 0)
    const begun = own.filter((turn) => this.order.place[turn] === 0)
    const rounds = this.facts.requests / this.turns
    const facts = { ...this.facts, requests: this.turnsFrom(begun) * rounds, timed: own.length * rounds }
    return new TracePlay(this.file, this.scanned, { ...this.order, arrivals: own }, this.delays, facts)
  }

  /** Returns the number of turns in the sessions that begin with these turns. */
  private turnsFrom(begun: Uint32Array): number {
    let count = 0
    for (const first of begun) for (let turn = first; turn >= 0; turn = this.order.next[turn] ?? -1) count += 1
    return count
  }

  /** Returns the turn that an arrival of the timetable starts. */
  turnOf(arrival: number): number {
    const { arrivals } = this.order
    const round = Math.floor(arrival / arrivals.length)
    return round * this.turns + (arrivals[arrival - round * arrivals.length] ?? 0)
  }

  /** Returns the number of the session that a turn belongs to, which differs between rounds; −1 for a turn without a session. */
  sessionOf(turn: number): number {
    const session = this.scanned.sessions.at(turn % this.turns)
    return session < 0 ? -1 : Math.floor(turn / this.turns) * this.scanned.sessionLimit + session
  }

  /** Returns the next turn in the same session; undefined when this is the last one. */
  next(turn: number): number | undefined {
    const own = turn % this.turns
    const next = this.order.next[own] ?? -1
    return next < 0 ? undefined : turn - own + next
  }

  /** True for a turn that starts at a recorded time instead of after the turn before it. */
  hasTime(turn: number): boolean {
    const own = turn % this.turns
    return this.file.format.isTimed ? !Number.isNaN(this.scanned.times.at(own)) : this.order.place[own] === 0
  }

  /** Returns the shortest time in ms between the end of the turn before and the start of this one; undefined when the trace does not say. */
  delayOf(turn: number): number | undefined {
    const delayMs = this.scanned.delays.at(turn % this.turns)
    return Number.isNaN(delayMs) ? undefined : Math.min(delayMs, this.delays.maxGapMs) / this.delays.speed
  }

  /**
   * Reads the recorded facts of a turn from the file; `seed` is used to generate its prompt. @throws DataError when the file was changed since
   * it was scanned
   */
  values(turn: number, seed: string): TraceValues {
    const own = turn % this.turns
    const { row, recorded } = this.recorded(own)
    const { session = '', prompt, answer, inputTokens, outputTokens, model = '' } = recorded
    const atMs = this.scanned.times.at(own)
    const place = this.order.place[own] ?? 0
    const textOf = () => this.prompts.of(recorded, own, seed)
    let text: string | undefined
    return {
      index: own,
      round: Math.floor(turn / this.turns),
      session,
      turn: place,
      first: place === 0,
      last: (this.order.next[own] ?? -1) < 0,
      atMs: Number.isNaN(atMs) ? null : atMs,
      // A prompt that no step reads is not generated.
      get prompt() {
        text ??= textOf()
        return text
      },
      answer: answer ?? '',
      inputTokens: tokensOf(inputTokens, prompt) ?? null,
      outputTokens: tokensOf(outputTokens, answer) ?? null,
      model,
      row,
    }
  }

  private recorded(turn: number): { row: Row; recorded: TracedTurn } {
    const { records, places, offsets } = this.scanned
    const record = records.at(turn)
    this.open ??= this.reopen()
    const { source, read } = this.open
    const row = read(offsets.at(record), offsets.at(record + 1))
    const recorded = this.file.format.read(row)[places.at(turn)]
    if (!recorded) throw changed(source.file)
    return { row, recorded }
  }

  private reopen() {
    const { name, format, baseDir } = this.file
    const source = openTrace(name, format.name, baseDir)
    if (source.file.size !== this.scanned.offsets.at(this.scanned.offsets.length - 1)) throw changed(source.file)
    return { source, read: source.reader() }
  }

  /** Closes the file; the next turn opens it again. */
  close(): void {
    if (this.open) closeDataFile(this.open.source.file)
    this.open = undefined
  }
}
