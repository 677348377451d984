/** The conversations of a run in the form in which reports show them. Other code reads them from the journal. */

/** One turn (attempt) of a conversation in a report. Times are in ms since the run began; null for an event that never happened. */
export interface ReportedTurn {
  readonly step: string
  /** The number of the try: 1 for the first one, more for retries. */
  readonly attempt: number
  readonly intendedAtMs: number
  readonly sentAtMs: number | null
  readonly firstTokenAtMs: number | null
  readonly endedAtMs: number
  readonly outcome: 'ok' | 'failed' | 'cut'
  /** The class and message of the failure; null when the attempt did not fail. */
  readonly failure: string | null
  readonly status: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** The cost of the attempt in the currency of the prices; null when not known. */
  readonly cost: number | null
  /** Warnings about the reply and the kinds of anomaly it belongs to, such as `slow` or `empty`. */
  readonly marks: readonly string[]
  readonly prompt: string
  readonly reply: string
}

/** One conversation for a report: the attempts of one user in one iteration. */
export interface ReportedConversation {
  readonly user: number
  readonly iteration: number
  /** The reason why this conversation was chosen, such as "slow ttft" or "sample". */
  readonly why: string
  /** The turns of the conversation in the order in which they were due. */
  readonly turns: readonly ReportedTurn[]
  /** The number of turns of this conversation in the journal that are not in `turns`. */
  readonly turnsLeftOut: number
}

/**
 * The conversations that were chosen for a report from a run's journal (the file with a line for each attempt), and how many conversations the
 * journal contains.
 */
export interface ReportedConversations {
  /** The chosen conversations, the most interesting ones first. */
  readonly chosen: readonly ReportedConversation[]
  /** The number of conversations in the journal, without those of warm-ups, setup and teardown. */
  readonly recorded: number
  /** Which attempts the journal contains, as given with `--log`; undefined when the first line of the journal cannot be read. */
  readonly level: string | undefined
  /** The number of lines of the journal that could not be read; left out when all could. */
  readonly damaged?: number
}
