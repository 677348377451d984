import { HEAD_CHARACTERS, HeldBytes, HeldText } from './text/held-text.ts'
import type { AskedTokens, ServerTimes, UnitKind, Usage } from './usage.ts'

/** The largest number of bytes that are kept of an invalid event. */
const MAX_ODD_BYTES = 4096
const NOTHING = Buffer.alloc(0)
const NO_MARKS: CallMarks = {}
const SPACE = 0x20

/** What an API states about a tool call in addition to its name and arguments, and needs back with the tool's result. Untrusted. */
interface CallMarks {
  /** The id of the tool call; left out by APIs without such ids. */
  readonly id?: string
  /** The encrypted reasoning that led to the call, which Gemini requires back; left out by other APIs. */
  readonly signature?: string
  /** The blocks of thoughts in front of the call, which Anthropic demands back as they came while `thinking` is on. */
  readonly thoughts?: readonly Readonly<Record<string, unknown>>[]
}

/** One tool call: its name, and its arguments as the model wrote them, usually JSON. Both are untrusted. */
export interface ToolCall extends CallMarks {
  readonly name: string
  readonly arguments: string
}

/**
 * What burn found in one reply: its generated chunks of text, its token counts, and how it ended. Times are in ms on the monotonic clock; the time of
 * an event that has not happened is NaN.
 */
export abstract class ReplyRecord {
  firstTokenAt = Number.NaN
  firstOutputAt = Number.NaN
  lastTokenAt = Number.NaN
  /** Number of network deliveries with at least one generated unit. */
  frames = 0
  /** The times between neighbouring deliveries with generated content, in ms. */
  readonly gapsMs: number[] = []
  /** Number of tokens in the first frame with generated content, if the target states it; else 1. */
  firstFrameTokens = 1
  /** Number of tokens in the first frame with output other than reasoning, if the target states it; else 1. */
  firstOutputTokens = 1
  /** Number of frames with generated content other than reasoning. */
  outputFrames = 0
  /** Size of the reasoning text that was shown, in bytes of UTF-8. */
  reasoningBytes = 0
  /** True when the reply says that its reasoning is a summary, encrypted or left out, so that most of its tokens are never shown. */
  partialReasoning = false
  usage: Usage | undefined = undefined
  /** How many tokens the request asked for; undefined when no lengths were drawn for it. */
  asked: AskedTokens | undefined = undefined
  finishReason: string | undefined = undefined
  /** The number of vectors or scores in a reply without text; undefined for any other reply. */
  items: number | undefined = undefined
  /** The length of the sound that was sent, in ms; undefined when it is not known, or there was none. */
  soundMs: number | undefined = undefined
  /** The times that the server reported for this reply; undefined when it reported none. */
  serverTimes: ServerTimes | undefined = undefined
  /** True when output that a reader can see has come: text that is not only white space, a refusal or a tool call. */
  spoke = false
  /** True when the model refused in the part of the reply that the API has for refusals. */
  refused = false
  /** Where the reply holds text that was not read, or how much of it there is; undefined when all was read. Untrusted. */
  unread: string | undefined = undefined
  /** The cost of the reply in the currency of the target's pricing; undefined when the pricing or the token counts are not known. */
  cost: number | undefined = undefined
  /** The first bytes of the reply that are not UTF-8, with the rest of their line, at most 4096; undefined when there are none. */
  oddBytes: Uint8Array | undefined = undefined
  /** True to keep the whole text, because something needs it; false to keep only its beginning. */
  keepText = true
  /** True to keep the whole raw body; false to keep only its beginning, and only until there is text. */
  keepBody = false
  // Each is created with its first piece, because most replies need only one of them and many need none.
  private texts: HeldText | undefined = undefined
  private reasonings: HeldText | undefined = undefined
  private tools: HeldText | undefined = undefined
  /** The sum of the natural logarithms of token probabilities. `logProbTokens` is the number of tokens that had one. */
  private logProbSum = 0
  private logProbTokens = 0
  private calls: { readonly name: string; readonly marks: CallMarks; readonly from: number }[] | undefined = undefined
  private body: HeldBytes | undefined = undefined
  private parsed: unknown = undefined
  /** When the delivery that is being read arrived, in ms on the monotonic clock. */
  protected stamp = Number.NaN

  abstract get settled(): boolean

  /**
   * Records a generated piece of the reply. Pieces of one network delivery have the same time and count as one frame. `tokens` is the number of
   * tokens in the piece; `visible` is how many of the reply's tokens so far are not reasoning. Both are only given if the target states them.
   */
  unit(kind: UnitKind, text: string, tokens?: number, visible?: number): void {
    if (this.settled) return
    this.frame(tokens)
    if (kind === 'reasoning') this.reasoningBytes += Buffer.byteLength(text)
    else {
      if (kind === 'refusal') this.refused = true
      if (!this.spoke) this.spoke = kind === 'tool' || /\S/.test(text)
      this.output(visible)
    }
    this.heldOf(kind).add(text, this.keepText)
  }

  /** Records a piece of text like `unit`. All its bytes are ASCII characters from 0x20 to 0x7F, so that no string has to be made of them. */
  textUnit(bytes: Uint8Array, start: number, end: number): void {
    if (this.settled) return
    this.frame(undefined)
    for (let at = start; at < end && !this.spoke; at += 1) this.spoke = bytes[at] !== SPACE
    this.output(undefined)
    this.heldOf('text').addAscii(bytes, start, end, this.keepText)
  }

  private frame(tokens: number | undefined): void {
    if (Number.isNaN(this.firstTokenAt)) {
      this.firstTokenAt = this.stamp
      if (!this.keepBody) this.body = undefined
      if (tokens !== undefined) this.firstFrameTokens = tokens
    } else {
      this.gapsMs.push(this.stamp - this.lastTokenAt)
    }
    this.lastTokenAt = this.stamp
    this.frames += 1
  }

  private heldOf(kind: UnitKind): HeldText {
    if (kind === 'reasoning') {
      this.reasonings ??= new HeldText()
      return this.reasonings
    }
    if (kind === 'tool') {
      this.tools ??= new HeldText()
      return this.tools
    }
    this.texts ??= new HeldText()
    return this.texts
  }

  private output(visible: number | undefined): void {
    this.outputFrames += 1
    if (!Number.isNaN(this.firstOutputAt)) return
    this.firstOutputAt = this.stamp
    if (visible !== undefined) this.firstOutputTokens = visible
  }

  /** Records facts about the whole reply, such as its token counts, its price or why it ended. */
  note(
    facts: Partial<
      Pick<
        ReplyRecord,
        'usage' | 'asked' | 'cost' | 'finishReason' | 'items' | 'soundMs' | 'serverTimes' | 'partialReasoning' | 'unread'
      >
    >,
  ): void {
    Object.assign(this, facts)
  }

  /** Keeps the beginning of the first bytes of the reply that are not UTF-8. */
  odd(bytes: Uint8Array): void {
    this.oddBytes ??= new Uint8Array(bytes.subarray(0, MAX_ODD_BYTES))
  }

  /** The text and refusals generated so far; only their beginning if `keepText` is false. */
  get text(): string {
    return this.texts?.toString() ?? ''
  }

  get reasoning(): string {
    return this.reasonings?.toString() ?? ''
  }

  /** True when a part of the reasoning was not shown: the reply says so, or it counts more reasoning tokens than bytes of reasoning were shown. */
  get hidesReasoning(): boolean {
    return this.partialReasoning || (this.usage?.reasoningTokens ?? 0) > this.reasoningBytes
  }

  /** Records the log-probability of one token, which targets report on request. */
  logProb(value: number): void {
    if (this.settled || Number.isNaN(value)) return
    this.logProbSum += value
    this.logProbTokens += 1
  }

  /** The perplexity of the reply, exp(−mean log-probability): 1 when every token was certain. Undefined without log-probabilities. */
  get perplexity(): number | undefined {
    return this.logProbTokens === 0 ? undefined : Math.exp(-this.logProbSum / this.logProbTokens)
  }

  /**
   * Records that the reply calls a tool; its arguments follow as units. `pending` is how many characters of earlier calls' arguments were read and
   * are not recorded yet.
   */
  toolCall(name: string, pending = 0, marks: CallMarks = NO_MARKS): void {
    if (this.settled) return
    this.calls ??= []
    this.calls.push({ name, marks, from: (this.tools?.length ?? 0) + pending })
  }

  /** The number of tools that the reply calls so far. */
  get toolCallCount(): number {
    return this.calls?.length ?? 0
  }

  /** The tools that the reply calls, with their arguments as text, in the order of the calls. */
  get toolCalls(): readonly ToolCall[] {
    const { calls = [], toolArguments } = this
    return calls.map(({ name, marks, from }, index) => ({
      name,
      arguments: toolArguments.slice(from, calls[index + 1]?.from),
      ...marks,
    }))
  }

  /** The arguments of all tool calls, joined from their pieces; only their beginning if `keepText` is false. */
  get toolArguments(): string {
    return this.tools?.toString() ?? ''
  }

  /** The raw reply, empty unless `keepBody` was set before it arrived. */
  get rawBody(): Uint8Array {
    return this.keepBody ? this.rawBeginning : NOTHING
  }

  /** The raw reply as text, empty unless `keepBody` was set before it arrived. */
  get rawText(): string {
    return this.keepBody ? (this.body?.toText() ?? '') : ''
  }

  /** The raw reply parsed as JSON; undefined when its reader did not parse it, or when `keepBody` was not set. */
  get rawJson(): unknown {
    return this.keepBody ? this.parsed : undefined
  }

  /** Keeps what the reader of a complete reply parsed from it as JSON, so that checks need not parse it again. */
  parsedAs(json: unknown): void {
    this.parsed = json
  }

  /** The beginning of the raw reply as text: all of it when it has at most `HEAD_CHARACTERS` bytes. Without `keepBody`, '' once text has come. */
  get beginningText(): string {
    const { body } = this
    if (body === undefined) return ''
    return body.length > HEAD_CHARACTERS ? body.toBytes().toString('utf8', 0, HEAD_CHARACTERS) : body.toText()
  }

  /** The part of the raw reply that was kept: with `keepBody` all of it, else its beginning; empty once text has come. */
  get rawBeginning(): Buffer {
    return this.body?.toBytes() ?? NOTHING
  }

  protected hold(bytes: Uint8Array): void {
    if (!this.keepBody && !Number.isNaN(this.firstTokenAt)) return
    this.body ??= new HeldBytes()
    this.body.add(bytes, this.keepBody)
  }
}
