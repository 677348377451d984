import type { Exchange, Usage } from '../../exchange.ts'

/** Computes the tokens of each generated frame for APIs that repeat cumulative usage counts in every frame. */
export class FrameTokens {
  private total = 0
  private framesCounted = 0
  private frames = 0
  private known = true

  /** The tokens that this frame adds; undefined when it or an earlier frame had no count. Call it once per generated frame. */
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

  /** `usage per frame` when several generated frames each had a count, else `usage`. `generated`: this frame has no `next` call yet. */
  source(generated: boolean): 'usage' | 'usage per frame' {
    const frames = generated ? this.frames + 1 : this.frames
    return frames > 1 && this.framesCounted === this.frames ? 'usage per frame' : 'usage'
  }
}

/** Collects the generated text of one event by kind, so that an event counts as one frame per kind however many parts it has. */
export class FrameParts {
  reasoning = ''
  text = ''
  refusal = ''
  tool = ''

  get empty(): boolean {
    return this.reasoning === '' && this.text === '' && this.refusal === '' && this.tool === ''
  }

  /** Reports the collected texts, reasoning first, and clears them. `tokens` are those of the frame, `usage` tells the visible ones. */
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
    this.reasoning = this.text = this.refusal = this.tool = ''
  }
}
