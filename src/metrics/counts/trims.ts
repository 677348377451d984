/** What the window of a conversation left out of the requests. */
import type { ConversationWindow } from '../../result/schema.ts'

/** Counts requests that went without some turns of their conversation. */
export class TrimRecorder {
  private turns = 0
  private requests = 0

  /** One request went without so many turns. */
  add(turns: number): void {
    if (turns === 0) return
    this.requests += 1
    this.turns += turns
  }

  /** Undefined when nothing was left out. */
  read(estimator: string): ConversationWindow | undefined {
    return this.turns === 0 ? undefined : { trimmedTurns: this.turns, trimmedRequests: this.requests, estimator }
  }
}
