/** Replies with several choices, as OpenAI calls them, or candidates, as Gemini does. */

/**
 * True when a request asks the model for more than one choice (alternative answer). `count` is the number of choices in the request body (`n` in
 * OpenAI's API). A template in place of the number counts as more than one, because its value is not known yet.
 */
export function asksForSeveral(count: unknown): boolean {
  return !(Number(count ?? 1) <= 1)
}

/**
 * Selects the choice (alternative answer) of a streamed reply that is read: the first one that arrives. When the request asked for several choices,
 * events of the others are skipped by their index. When it asked for one, the index is ignored, because some servers write the number of the event
 * into it.
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
