import type { Turn } from './dialect.ts'

/** A conversation with its system turns separated, for APIs that take them in another field. */
interface SplitTurns {
  /** All system turns, joined by an empty line; undefined when there are none. */
  readonly system: string | undefined
  readonly rest: readonly Turn[]
}

/** Separates the system messages of a conversation from its other messages. */
export function splitSystem(turns: readonly Turn[]): SplitTurns {
  const system = turns.filter((turn) => turn.role === 'system')
  return {
    system: system.length === 0 ? undefined : system.map((turn) => turn.content).join('\n\n'),
    rest: turns.filter((turn) => turn.role !== 'system'),
  }
}

/** Joins the messages of a conversation to one prompt text. A single message stays as it is; several give one line each, which begins with the role. */
export function asPrompt(turns: readonly Turn[]): string {
  return turns.length === 1 ? (turns[0]?.content ?? '') : turns.map((turn) => `${turn.role}: ${turn.content}`).join('\n')
}

/** Returns the messages of a conversation as objects with exactly the members `role` and `content`. */
export function plainTurns(turns: readonly Turn[]): { role: string; content: string }[] {
  return turns.map((turn) => ({ role: turn.role, content: turn.content }))
}
