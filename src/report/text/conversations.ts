/** Conversations of a run as a report shows them. They come from its journal, which a reporter does not read. */

/** One attempt of a conversation. Moments are in ms since the run began; null for what never happened. */
export interface ReportedTurn {
  readonly step: string
  /** 1 for the first try, more for retries. */
  readonly attempt: number
  readonly intendedAtMs: number
  readonly sentAtMs: number | null
  readonly firstTokenAtMs: number | null
  readonly endedAtMs: number
  readonly outcome: 'ok' | 'failed' | 'cut'
  /** Class and message of the failure; null without one. */
  readonly failure: string | null
  readonly status: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** In the currency of the prices; null when not known. */
  readonly cost: number | null
  /** Oddities of the reply that were no failure, then what stands out: `slow`, `empty`. */
  readonly marks: readonly string[]
  readonly prompt: string
  readonly reply: string
}

/** One conversation for a report: the attempts of one user in one iteration. */
export interface ReportedConversation {
  readonly user: number
  readonly iteration: number
  /** Why it was chosen, such as "slow ttft" or "sample". */
  readonly why: string
  /** In the order in which they were due. */
  readonly turns: readonly ReportedTurn[]
  /** Number of turns of the journal that are not in `turns`. */
  readonly turnsLeftOut: number
}

/** The conversations chosen from a journal, and how many it has. */
export interface ReportedConversations {
  /** The most telling ones first. */
  readonly chosen: readonly ReportedConversation[]
  /** Number of conversations in the journal, warm-ups left out. */
  readonly recorded: number
  /** Which attempts the journal records, as given with `--log`; undefined when its first line is broken. */
  readonly level: string | undefined
  /** Lines of the journal that could not be read; left out for none. */
  readonly damaged?: number
}
