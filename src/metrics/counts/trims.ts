import type { ConversationWindow } from '../../result/schema.ts'

/**
 * Counts the requests from which older messages of the conversation were left out, as `conversation.window` demands, and how many messages these
 * were.
 */
export class TrimRecorder {
  private turns = 0
  private requests = 0

  /** Counts a request from which `turns` turns of its conversation were left out; does nothing for 0. */
  add(turns: number): void {
    if (turns === 0) return
    this.requests += 1
    this.turns += turns
  }

  /** Returns the summary for the result; undefined when nothing was left out. `estimator` names the way tokens are counted. */
  read(estimator: string): ConversationWindow | undefined {
    return this.turns === 0 ? undefined : { trimmedTurns: this.turns, trimmedRequests: this.requests, estimator }
  }
}
