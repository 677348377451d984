/** Chooses which recorded sessions are replayed, and in which order. */
import { InputError } from '../../errors.ts'
import type { ReplayFlags } from './flags.ts'
import { type RecordedSession, type RunSessions, sessionId } from './recorded/sessions.ts'

type ReplayChoice = Pick<ReplayFlags, 'session' | 'vu' | 'worst' | 'onlyAnomalies' | 'list'>

/**
 * Returns the recorded sessions that the flags of `burn replay` select, in the order of their start; with `--worst` or `--list`, those with the most
 * severe anomalies first. `--worst 3` keeps only the first three of them.
 * @throws InputError for a session or user that the journal does not contain
 */
export function chosenSessions({ sessions, folder }: RunSessions, flags: ReplayChoice): RecordedSession[] {
  const known = new Set(sessions.map(sessionId))
  const missing = flags.session?.find((id) => !known.has(id))
  if (missing !== undefined)
    throw new InputError(`the journal in ${folder} holds no session ${missing}`, 'burn replay --list shows those that are there')
  if (flags.vu !== undefined && !sessions.some(({ user }) => user === flags.vu))
    throw new InputError(
      `the journal in ${folder} holds no session of user ${flags.vu}`,
      'burn replay --list shows those that are there',
    )
  const chosen = sessions.filter(
    (session) =>
      (flags.session?.includes(sessionId(session)) ?? true) &&
      (flags.vu === undefined || session.user === flags.vu) &&
      (flags.onlyAnomalies !== true || session.severity > 0),
  )
  if (flags.worst === undefined && flags.list !== true) return chosen
  return chosen.sort(worseFirst).slice(0, flags.worst)
}

/**
 * Sorts sessions so that the worst is first: by the most severe anomaly, then by the number of anomalies, then by the longest time to first token,
 * then by length.
 */
function worseFirst(a: RecordedSession, b: RecordedSession): number {
  return (
    b.severity - a.severity ||
    anomaliesIn(b) - anomaliesIn(a) ||
    (b.ttftMs ?? 0) - (a.ttftMs ?? 0) ||
    b.endMs - b.startMs - (a.endMs - a.startMs)
  )
}

function anomaliesIn({ kinds }: RecordedSession): number {
  let sum = 0
  for (const count of kinds.values()) sum += count
  return sum
}
