/** Conversations that the mock keeps for formats whose clients send only what is new. */
import type { MockTurn } from './reply.ts'

/** How many conversations are kept; the oldest goes first. */
const KEPT = 10_000

/** Turns by conversation or response id; bounded. */
export class Memory {
  private readonly turns = new Map<string, readonly MockTurn[]>()

  /** The turns kept under an id, or undefined. */
  recall(id: string): readonly MockTurn[] | undefined {
    return this.turns.get(id)
  }

  /** Keeps turns under an id, in place of what was there. */
  keep(id: string, turns: readonly MockTurn[]): void {
    this.turns.delete(id)
    this.turns.set(id, turns)
    if (this.turns.size <= KEPT) return
    for (const oldest of this.turns.keys()) {
      this.turns.delete(oldest)
      return
    }
  }

  clear(): void {
    this.turns.clear()
  }
}
