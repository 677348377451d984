/**
 * Reads the conversations in the journal of a run: all are found in one pass, then read one at a time, so that a journal of any length needs little
 * memory.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../../errors.ts'
import type { AnomalyGroup } from '../../../result/schema.ts'
import { lockState } from '../../../store/files/lock.ts'
import { JOURNAL_NAME } from '../../../store/files/names.ts'
import { isJournalEntry, isJournalHeader, type JournalEntry, type JournalHeader } from '../../../store/journal/entry.ts'
import { JournalTail, type LinePlace, linesAt } from '../../../store/journal/tail.ts'
import { readResult } from '../../../store/read-result.ts'
import { jsonIn } from '../../../text/json.ts'
import { noJournal } from '../../tail/no-journal.ts'
import { Marker, type ReplayMark, severityOf } from './marks.ts'

/** An exchange of a recorded session with its anomalies, the most severe first. */
export interface RecordedTurn {
  readonly entry: JournalEntry
  readonly marks: readonly ReplayMark[]
}

/** A recorded session, that is, one iteration of one user, without the texts of its messages. Moments are in ms since the run began. */
export interface RecordedSession {
  readonly user: number
  readonly iteration: number
  readonly phase: string
  readonly startMs: number
  readonly endMs: number
  readonly turns: number
  readonly failed: number
  /** The number of anomalies of each kind in the session. */
  readonly kinds: ReadonlyMap<ReplayMark['kind'], number>
  /** The severity of the worst anomaly in the session, from 1 to 4; 0 when it has none. */
  readonly severity: number
  /** The longest time to first token in the session, in ms; null when no token arrived. */
  readonly ttftMs: number | null
  /** The sum over the exchanges whose output tokens are known; null when none are known. */
  readonly outputTokens: number | null
  readonly cost: number | null
}

/** All sessions that a run's journal holds, in the order in which they began, and a function to read the exchanges (requests and replies) of one. */
export interface RunSessions {
  readonly folder: string
  readonly header: JournalHeader | undefined
  readonly sessions: readonly RecordedSession[]
  /** True when the result of the run contains the limits above which an attempt counts as slow, stalled or costly. */
  readonly hasLimits: boolean
  /** The number of lines that could not be read, not counting the last line of a killed run. */
  readonly damagedLines: number
  /** The number of the first damaged line, from 1; 0 when there is none. */
  readonly firstDamaged: number
  /** Reads the exchanges of a session, in the order in which they were sent. @throws InputError */
  turnsOf(session: RecordedSession): RecordedTurn[]
}

type FoundSession = { -readonly [Name in keyof RecordedSession]: RecordedSession[Name] } & {
  readonly places: LinePlace[]
  readonly marker: Marker
  readonly kinds: Map<ReplayMark['kind'], number>
}

/** Returns the name of a session, such as `7#0`: the numbers of its user and its iteration. */
export function sessionId({ user, iteration }: Pick<RecordedSession, 'user' | 'iteration'>): string {
  return `${user}#${iteration}`
}

/** Returns when the request of an exchange was sent or, if it never was, when it was due; in ms since the run began. */
export function sentMs({ sentAtMs, intendedAtMs }: JournalEntry): number {
  return sentAtMs ?? intendedAtMs
}

/** Finds the sessions in the journal of a run. @throws InputError when the journal is missing, or the file is no journal */
export function recordedRun(folder: string): RunSessions {
  const path = join(folder, JOURNAL_NAME)
  if (!existsSync(path)) throw noJournal(folder)
  const groups = limitsOf(folder)
  const found = new Map<string, FoundSession>()
  let header: JournalHeader | undefined
  let number = 0
  let damagedLines = 0
  let firstDamaged = 0
  const journal = new JournalTail(path)
  for (const line of journal.fresh({ rest: true })) {
    number += 1
    const value = jsonIn(line)
    if (isJournalEntry(value)) addTo(found, value, journal.place, groups ?? [])
    else if (isJournalHeader(value)) header ??= value
    else {
      damagedLines += 1
      if (firstDamaged === 0) firstDamaged = number
    }
  }
  if (header === undefined && found.size === 0 && !lockState(folder)?.live)
    throw new InputError(
      `${path} is not a journal of burn`,
      'the run was killed before it wrote anything, or the file was changed after it',
    )
  const sessions = [...found.values()].sort((a, b) => a.startMs - b.startMs)
  const places = new Map<RecordedSession, readonly LinePlace[]>(sessions.map((session) => [session, session.places]))
  const turnsOf = (session: RecordedSession) => turnsAt(path, places.get(session) ?? [], groups ?? [])
  return { folder, header, sessions, hasLimits: groups !== undefined, damagedLines, firstDamaged, turnsOf }
}

/**
 * Returns the anomalies of the run with their limits. Undefined when there is no result with them: the run still goes on or was killed, or the
 * version of burn was older.
 */
function limitsOf(folder: string): readonly AnomalyGroup[] | undefined {
  try {
    return readResult(folder).anomalyGroups
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return undefined
  }
}

/** Adds an exchange of the journal to its session. Exchanges of setup and teardown, which have no phase, are left out. */
function addTo(found: Map<string, FoundSession>, entry: JournalEntry, place: LinePlace, groups: readonly AnomalyGroup[]): void {
  if (entry.phase === '') return
  const session = sessionOf(found, entry, groups)
  session.places.push(place)
  session.startMs = Math.min(session.startMs, sentMs(entry))
  session.endMs = Math.max(session.endMs, entry.endedAtMs)
  session.turns += 1
  if (entry.outcome === 'failed') session.failed += 1
  if (entry.ttftMs !== null) session.ttftMs = Math.max(session.ttftMs ?? 0, entry.ttftMs)
  session.outputTokens = sumOf(session.outputTokens, entry.usage?.outputTokens)
  session.cost = sumOf(session.cost, entry.cost)
  for (const mark of session.marker.marks(entry)) {
    session.kinds.set(mark.kind, (session.kinds.get(mark.kind) ?? 0) + 1)
    session.severity = Math.max(session.severity, severityOf(mark))
  }
}

function sessionOf(found: Map<string, FoundSession>, entry: JournalEntry, groups: readonly AnomalyGroup[]): FoundSession {
  const { user, iteration, phase } = entry
  const known = found.get(sessionId(entry))
  if (known) return known
  const session: FoundSession = {
    user,
    iteration,
    phase,
    startMs: Number.POSITIVE_INFINITY,
    endMs: Number.NEGATIVE_INFINITY,
    turns: 0,
    failed: 0,
    kinds: new Map(),
    severity: 0,
    ttftMs: null,
    outputTokens: null,
    cost: null,
    places: [],
    marker: new Marker(groups),
  }
  found.set(sessionId(entry), session)
  return session
}

function sumOf(sum: number | null, more: number | null | undefined): number | null {
  return more === null || more === undefined ? sum : (sum ?? 0) + more
}

function turnsAt(path: string, places: readonly LinePlace[], groups: readonly AnomalyGroup[]): RecordedTurn[] {
  const marker = new Marker(groups)
  return linesAt(path, places)
    .map(jsonIn)
    .filter(isJournalEntry)
    .map((entry) => ({ entry, marks: marker.marks(entry) }))
    .sort((a, b) => sentMs(a.entry) - sentMs(b.entry))
}
