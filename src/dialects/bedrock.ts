import type { Exchange } from '../exchange.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody, toText } from './parts/json.ts'
import { isErrorRecord, noteFinish, rejectForError, statesFailure } from './parts/provider-error.ts'
import { callArguments, callId, partsOf, splitSystem } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/** The dialect (API format) of Amazon Bedrock's `Converse` and `ConverseStream`. The target's address names the model; the API takes no seed. */
export const bedrock: Dialect = {
  name: 'bedrock-converse',
  describe: 'Amazon Bedrock Converse, streamed in the binary format of AWS',
  framing: 'event-stream',
  takesTools: true,
  part: contentPart,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const { system, rest } = splitSystem(turns)
    const config = mergeBody({ maxTokens: options.maxTokens, temperature: options.temperature })
    const tools = options.tools?.map(({ name, description, parameters }) => ({
      toolSpec: { name, description, inputSchema: { json: parameters } },
    }))
    return mergeBody(
      {
        system: system === undefined ? undefined : [{ text: system }],
        messages: rest.map((turn) => ({ role: turn.role, content: contentOf(turn) })),
        inferenceConfig: Object.keys(config).length === 0 ? undefined : config,
        toolConfig: tools && { tools },
      },
      options.body,
    )
  },
  decoder: () => new ConverseDecoder(),
}

function contentOf(turn: Turn): JsonObject[] {
  const { content, calls, results } = turn
  if (results) return results.map(({ call, text }, at) => ({ toolResult: { toolUseId: callId(call, at), content: [{ text }] } }))
  if (!calls) return partsOf(turn, contentPart, (text) => ({ text }))
  const uses = calls.map((call, at) => ({
    toolUse: { toolUseId: callId(call, at), name: call.name, input: callArguments(call) },
  }))
  return [...(content === '' ? [] : [{ text: content }]), ...uses]
}

/** The format names of media types whose last part is not the name: `text/plain` is `txt`. */
const FORMATS: Readonly<Record<string, string>> = { 'text/plain': 'txt', 'text/markdown': 'md' }

/** Converts an attachment to a content block of Converse: an image or a document, with its bytes. */
function contentPart({ kind, name, source, mediaType = '' }: Attachment): JsonObject | string {
  if (kind === 'audio') return 'no sound'
  if ('url' in source) return 'images and files by their content only: name a file of the folder'
  const format = FORMATS[mediaType] ?? mediaType.split('/')[1]
  const bytes = { bytes: source.base64 }
  // The API takes letters, digits, white space, hyphens, parentheses and brackets in names.
  return kind === 'image'
    ? { image: { format, source: bytes } }
    : { document: { format, name: name.replace(/\.\w+$/, '').replace(/[^\p{L}\p{N}\s()[\]-]/gu, '-'), source: bytes } }
}

class ConverseDecoder implements Decoder {
  private readonly parts = new FrameParts()
  private reasoningSeen = false

  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    if (name === 'error' || isErrorRecord(json)) rejectForError(json, exchange)
    else if (name === 'contentBlockStart') this.block(asObject(json.start), exchange)
    else if (name === 'contentBlockDelta') this.delta(asObject(json.delta), exchange)
    else if (name === 'messageStop') noteStop(json, exchange)
    else if (name === 'metadata') {
      this.note(json, exchange)
      exchange.finish()
    }
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    const message = asObject(asObject(reply.output)?.message)
    if (isErrorRecord(reply) || (message === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (message === undefined) rejectShape('output.message', exchange)
    else {
      for (const raw of asArray(message.content)) {
        const block = asObject(raw)
        this.parts.text += asString(block?.text)
        this.parts.reasoning += asString(asObject(asObject(block?.reasoningContent)?.reasoningText)?.text)
        const use = asObject(block?.toolUse)
        this.block(block, exchange)
        if (use) this.parts.tool += toText(use.input ?? {})
      }
      this.report(exchange)
      this.note(reply, exchange)
      noteStop(reply, exchange)
    }
  }

  /** Fails the exchange if its stream ended without a stop reason. Token counts, which come after that, may be missing. */
  end(exchange: Exchange): void {
    if (exchange.finishReason === undefined) rejectOpenEnd('messageStop', exchange)
  }

  /** Records on the exchange the tool that a content block calls, if the block is a tool call. */
  private block(block: JsonObject | undefined, exchange: Exchange): void {
    const use = asObject(block?.toolUse)
    if (use === undefined) return
    const id = asString(use.toolUseId)
    exchange.toolCall(asString(use.name), this.parts.tool.length, id === '' ? undefined : { id })
  }

  private delta(delta: JsonObject | undefined, exchange: Exchange): void {
    this.parts.text = asString(delta?.text)
    this.parts.reasoning = asString(asObject(delta?.reasoningContent)?.text)
    this.parts.tool = asString(asObject(delta?.toolUse)?.input)
    this.report(exchange)
  }

  private report(exchange: Exchange): void {
    if (this.parts.reasoning !== '') this.reasoningSeen = true
    this.parts.report(exchange)
  }

  private note(reply: JsonObject, exchange: Exchange): void {
    const usage = normaliseUsage(reply.usage, { reasoningSeen: this.reasoningSeen })
    if (usage !== undefined) exchange.note({ usage })
  }
}

function noteStop(reply: JsonObject, exchange: Exchange): void {
  if (typeof reply.stopReason === 'string') noteFinish(reply.stopReason, reply, exchange)
}
