import type { Exchange, Usage } from '../../exchange.ts'

/** Computes how many tokens each chunk of a streamed reply adds, for APIs in which each chunk states the total so far. */
export class FrameTokens {
  private total = 0
  private framesCounted = 0
  private frames = 0
  private known = true

  /**
   * Returns the number of tokens that this piece adds; undefined when this piece or an earlier one has no count. Call it once per piece with text.
   */
  next(outputTokens: number | null | undefined): number | undefined {
    this.frames += 1
    if (outputTokens === null || outputTokens === undefined) {
      this.known = false
      return undefined
    }
    this.framesCounted += 1
    const added = outputTokens - this.total
    this.total = outputTokens
    return this.known && added >= 0 ? added : undefined
  }

  /**
   * Says where token counts come from: `usage per frame` when each of several pieces had a count, else `usage`. `generated` counts one further piece
   * that is not recorded yet.
   */
  source(generated: boolean): 'usage' | 'usage per frame' {
    const frames = generated ? this.frames + 1 : this.frames
    return frames > 1 && this.framesCounted === this.frames ? 'usage per frame' : 'usage'
  }
}

/**
 * Joins the generated texts of one kind (text, reasoning, refusal or tool call) in one event of a streamed reply, so that each kind is reported only
 * once per event.
 */
export class FrameParts {
  reasoning = ''
  text = ''
  refusal = ''
  tool = ''

  get empty(): boolean {
    return this.reasoning === '' && this.text === '' && this.refusal === '' && this.tool === ''
  }

  /**
   * Reports the collected texts to the exchange, reasoning first, and clears them. `tokens` is the number of tokens in this event; `usage` the
   * reply's token counts so far.
   */
  report(exchange: Exchange, tokens?: number, usage?: Usage): void {
    // Without a count of reasoning tokens, the number of visible ones is unknown.
    const visible = typeof usage?.reasoningTokens === 'number' ? (usage.visibleTokens ?? undefined) : undefined
    let left = tokens
    if (this.reasoning !== '') {
      exchange.unit('reasoning', this.reasoning, left)
      left = undefined
    }
    if (this.text !== '') {
      exchange.unit('text', this.text, left, visible)
      left = undefined
    }
    if (this.refusal !== '') {
      exchange.unit('refusal', this.refusal, left, visible)
      left = undefined
    }
    if (this.tool !== '') exchange.unit('tool', this.tool, left, visible)
    this.clear()
  }

  clear(): void {
    this.reasoning = this.text = this.refusal = this.tool = ''
  }
}
