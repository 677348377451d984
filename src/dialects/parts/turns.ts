import type { Turn } from './dialect.ts'

/** A conversation with its system turns apart, for APIs that take them elsewhere. */
interface SplitTurns {
  /** All system turns, joined by an empty line; undefined when there is none. */
  readonly system: string | undefined
  readonly rest: readonly Turn[]
}

/** Takes the system turns out of a conversation. */
export function splitSystem(turns: readonly Turn[]): SplitTurns {
  const system = turns.filter((turn) => turn.role === 'system')
  return {
    system: system.length === 0 ? undefined : system.map((turn) => turn.content).join('\n\n'),
    rest: turns.filter((turn) => turn.role !== 'system'),
  }
}

/** Turns as one prompt: a single one as it stands, several as a line each with its role. */
export function asPrompt(turns: readonly Turn[]): string {
  return turns.length === 1 ? (turns[0]?.content ?? '') : turns.map((turn) => `${turn.role}: ${turn.content}`).join('\n')
}

/** Turns as `{ role, content }`, free of whatever else the caller keeps on them. */
export function plainTurns(turns: readonly Turn[]): { role: string; content: string }[] {
  return turns.map((turn) => ({ role: turn.role, content: turn.content }))
}
