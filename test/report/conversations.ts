/** Conversations as reports get them, for the tests of reports. */
import type { ReportedConversation, ReportedTurn } from '../../src/report/text/conversations.ts'

/** A turn that was due at 1 s, was sent 20 ms later, and came from 1.3 s to 2 s. */
export function reportedTurn(over: Partial<ReportedTurn> = {}): ReportedTurn {
  return {
    ...{ step: 'open', attempt: 1, intendedAtMs: 1000, sentAtMs: 1020, firstTokenAtMs: 1300, endedAtMs: 2000 },
    ...{ outcome: 'ok', failure: null, status: 200, inputTokens: 15, outputTokens: 200, cost: null, marks: [] },
    ...{ prompt: 'Where is my order?', reply: 'It is on its way.' },
    ...over,
  }
}

export function reportedConversation(over: Partial<ReportedConversation> = {}): ReportedConversation {
  return { user: 3, iteration: 12, why: 'slow ttft', turns: [reportedTurn()], turnsLeftOut: 0, ...over }
}

/** Two turns: the second was due half a second after the first had ended, and failed at its second try. */
export const TALK = reportedConversation({
  turns: [
    reportedTurn({ prompt: 'Hello', reply: 'What can I do for you today?' }),
    reportedTurn({
      ...{ step: 'follow-up', attempt: 2, intendedAtMs: 2500, sentAtMs: null, firstTokenAtMs: null, endedAtMs: 2600 },
      ...{ outcome: 'failed', failure: 'refused: nobody listens', status: null, inputTokens: null, outputTokens: null },
      ...{ prompt: 'Where is my order?', reply: '' },
    }),
  ],
})
