import type { ConversationWindow } from '../../result/schema.ts'

/** Counts the requests that left out older turns of their conversation. */
export class TrimRecorder {
  private turns = 0
  private requests = 0

  /** Counts one request and the number of turns left out of it; 0 counts as none. */
  add(turns: number): void {
    if (turns === 0) return
    this.requests += 1
    this.turns += turns
  }

  /** The summary for the result; undefined when nothing was left out. */
  read(estimator: string): ConversationWindow | undefined {
    return this.turns === 0 ? undefined : { trimmedTurns: this.turns, trimmedRequests: this.requests, estimator }
  }
}
