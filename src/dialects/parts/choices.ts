/** Replies with several choices, as OpenAI calls them, or candidates, as Gemini does. */

/**
 * True when a request asks the model for more than one choice (alternative answer). `count` is the number in the request body, such as `n`; a
 * template there counts as more than one, because its value is not known yet.
 */
export function asksForSeveral(count: unknown): boolean {
  return !(Number(count ?? 1) <= 1)
}

/**
 * Decides which choice (alternative answer) of a streamed reply is read: the first one that comes. When a request asks for several choices, the
 * others are skipped by their index. Otherwise the first choice of each event is read whatever its index, because some servers put the number of the
 * event there.
 */
export class Choices {
  private readonly several: boolean
  private chosen: unknown = undefined

  constructor(several: boolean) {
    this.several = several
  }

  /** True when a choice is the one that is read: `index` is the number that the choice states, if any, and `at` its position in the event's list. */
  isReply(index: unknown, at: number): boolean {
    const own = index ?? at
    if (at === 0 && !this.several) this.chosen = own
    this.chosen ??= own
    return own === this.chosen
  }
}
