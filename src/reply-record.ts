import { HeldBytes, HeldText } from './text/held-text.ts'
import type { UnitKind, Usage } from './usage.ts'

/** Bytes that are held of a bad event. */
const MAX_ODD_BYTES = 4096

/** What a reader found in one reply: its generated units, token counts and end. Times are ms on the monotonic clock, NaN until they happen. */
export abstract class ReplyRecord {
  firstTokenAt = Number.NaN
  firstOutputAt = Number.NaN
  lastTokenAt = Number.NaN
  /** Network deliveries with at least one generated unit. */
  frames = 0
  /** Gaps between neighbouring generated frames, in ms. */
  readonly gapsMs: number[] = []
  /** Tokens of the first generated frame, when the target says; else 1. */
  firstFrameTokens = 1
  /** Tokens of the first frame with output, reasoning left out, when the target says; else 1. */
  firstOutputTokens = 1
  /** Generated frames without those of reasoning. */
  outputFrames = 0
  /** Size of the reasoning that was seen, in bytes of UTF-8. */
  reasoningBytes = 0
  /** The reply says that its reasoning is a summary, encrypted or left out: most of its tokens are never seen. */
  partialReasoning = false
  usage: Usage | undefined = undefined
  finishReason: string | undefined = undefined
  /** Output that a reader can see came: text that is not only white space, a refusal or a tool call. */
  spoke = false
  /** The model refused, in a part of the reply that is meant for it. */
  refused = false
  /** Where the reply holds text that was not read, or how much of it there is; undefined when all was read. Untrusted. */
  unread: string | undefined = undefined
  /** What it cost, in the currency of the target's pricing; undefined when that, or the token counts, are not known. */
  cost: number | undefined = undefined
  /** The first bytes of the reply that are no UTF-8, with the rest of their line; undefined when there were none. */
  oddBytes: Uint8Array | undefined = undefined
  /** The whole text is held only when somebody asked; else its beginning. */
  keepText = true
  /** The raw body is held only when somebody asked; else its beginning, until there is text. */
  keepBody = false
  private readonly texts = new HeldText()
  private readonly reasonings = new HeldText()
  private readonly tools = new HeldText()
  private readonly body = new HeldBytes()
  /** When the delivery came that is being read. */
  protected stamp = Number.NaN

  abstract get settled(): boolean

  /**
   * A generated unit. Several units of one network delivery share its stamp and count as one frame each. `tokens` when the target says;
   * `visible` when it says how many tokens that are no reasoning there are so far.
   */
  unit(kind: UnitKind, text: string, tokens?: number, visible?: number): void {
    if (this.settled) return
    if (Number.isNaN(this.firstTokenAt)) {
      this.firstTokenAt = this.stamp
      if (!this.keepBody) this.body.clear()
      if (tokens !== undefined) this.firstFrameTokens = tokens
    } else {
      this.gapsMs.push(this.stamp - this.lastTokenAt)
    }
    if (kind === 'reasoning') this.reasoningBytes += Buffer.byteLength(text)
    else this.output(kind, text, visible)
    this.lastTokenAt = this.stamp
    this.frames += 1
    const held = kind === 'reasoning' ? this.reasonings : kind === 'tool' ? this.tools : this.texts
    held.add(text, this.keepText)
  }

  private output(kind: UnitKind, text: string, visible: number | undefined): void {
    this.outputFrames += 1
    if (kind === 'refusal') this.refused = true
    if (!this.spoke && (kind === 'tool' || /\S/.test(text))) this.spoke = true
    if (!Number.isNaN(this.firstOutputAt)) return
    this.firstOutputAt = this.stamp
    if (visible !== undefined) this.firstOutputTokens = visible
  }

  /** Something about the whole reply is known: its tokens, its price, why it ended, what of it was not shown or not read. */
  note(facts: Partial<Pick<ReplyRecord, 'usage' | 'cost' | 'finishReason' | 'partialReasoning' | 'unread'>>): void {
    Object.assign(this, facts)
  }

  /** These bytes of the reply are no UTF-8; the first ones are kept. */
  odd(bytes: Uint8Array): void {
    this.oddBytes ??= new Uint8Array(bytes.subarray(0, MAX_ODD_BYTES))
  }

  /** Text and refusals generated so far; without `keepText` their beginning. */
  get text(): string {
    return this.texts.toString()
  }

  get reasoning(): string {
    return this.reasonings.toString()
  }

  /** Tokens of reasoning were generated that no frame showed. A token is at least a byte: a text has no more tokens than bytes. */
  get hidesReasoning(): boolean {
    return this.partialReasoning || (this.usage?.reasoningTokens ?? 0) > this.reasoningBytes
  }

  /** Tool-call argument fragments, joined. */
  get toolArguments(): string {
    return this.tools.toString()
  }

  /** The raw reply, empty unless `keepBody` was set before it arrived. */
  get rawBody(): Uint8Array {
    return this.keepBody ? this.body.toBytes() : new Uint8Array()
  }

  /** What is held of the raw reply: all of it with `keepBody`, else the beginning of one without text. */
  get rawBeginning(): Uint8Array {
    return this.body.toBytes()
  }

  protected hold(bytes: Uint8Array): void {
    if (this.keepBody || Number.isNaN(this.firstTokenAt)) this.body.add(bytes, this.keepBody)
  }
}
