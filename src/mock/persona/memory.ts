import type { MockTurn } from './reply.ts'

/** The largest number of conversations kept; the oldest is dropped first. */
const KEPT = 10_000

/** The conversations that the mock remembers: the messages by conversation id or response id. When there are too many, the oldest are dropped. */
export class Memory {
  private readonly turns = new Map<string, readonly MockTurn[]>()

  /** Returns the turns that are kept under an id; undefined for an unknown id. */
  recall(id: string): readonly MockTurn[] | undefined {
    return this.turns.get(id)
  }

  /** Keeps turns under an id, replacing earlier ones. */
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
