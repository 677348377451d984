import type { Exchange, Usage } from '../../exchange.ts'

/** Tokens of each generated frame, from usage counts that are cumulative and repeated on every frame. */
export class FrameTokens {
  private total = 0
  private framesCounted = 0
  private frames = 0
  private known = true

  /** Tokens that this frame adds; undefined when the frame, or one before it, came without a count. Call once per generated frame. */
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
   * Where a count comes from: every one of several generated frames had its own, or the reply as a whole did.
   * `generated`: the count stands on a generated frame that `next` has not heard of yet.
   */
  source(generated: boolean): 'usage' | 'usage per frame' {
    const frames = generated ? this.frames + 1 : this.frames
    return frames > 1 && this.framesCounted === this.frames ? 'usage per frame' : 'usage'
  }
}

/** The units of one event, one per kind, so that an event counts as one frame per kind however many parts it has. */
export class Parts {
  reasoning = ''
  text = ''
  refusal = ''
  tool = ''

  get empty(): boolean {
    return this.reasoning === '' && this.text === '' && this.refusal === '' && this.tool === ''
  }

  /** Reports what there is, reasoning first, and forgets it. The tokens of the frame go to its first unit, those of `usage` that are visible to its first output. */
  report(exchange: Exchange, tokens?: number, usage?: Usage): void {
    // Without a count of reasoning, nobody knows what is visible.
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
    this.reasoning = this.text = this.refusal = this.tool = ''
  }
}
