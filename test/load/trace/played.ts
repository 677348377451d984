/** Loads that play the text of a trace. */
import { dirWith } from '../../data/files.ts'
import { NOTHING, offsets, open } from '../build.ts'

export type Phase = Record<string, unknown>

/** The load that plays a file. */
export function played(text: string, phase: Phase = {}) {
  const load = open('trace', { trace: 'a.txt', ...phase }, NOTHING, dirWith({ 'a.txt': text }))
  if (!load.trace) throw new Error('a trace has turns')
  return Object.assign(load, { trace: load.trace })
}

export const jsonl = (...rows: unknown[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`

export const values = (load: ReturnType<typeof played>) =>
  offsets(load).map((at, arrival) => ({ at, ...load.trace.values(load.trace.turnOf(arrival), 'seed') }))
