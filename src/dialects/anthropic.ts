import type { Exchange } from '../exchange.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts } from './parts/frame-tokens.ts'
import { asObject, asString, type JsonObject, mergeBody, toText } from './parts/json.ts'
import { isErrorRecord, noteFinish, rejectForError, statesFailure } from './parts/provider-error.ts'
import { noteServerTimes } from './parts/server-times.ts'
import { callArguments, callId, plainTurns, splitSystem } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/** The value of `max_tokens` when the target sets no limit, because the API rejects requests without one. */
const DEFAULT_MAX_TOKENS = 1024

/** The dialect (API format) of Anthropic's `POST /v1/messages`, streamed or not. The API takes no seed, so `seed` is not sent. */
export const anthropic: Dialect = {
  name: 'anthropic',
  describe: 'Anthropic Messages (max_tokens is required there: 1024 unless the target says)',
  framing: 'sse',
  part: contentBlock,
  takesTools: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const { system, rest } = splitSystem(turns)
    return mergeBody(
      {
        model: options.model,
        max_tokens: options.maxTokens ?? DEFAULT_MAX_TOKENS,
        system,
        messages: rest.map(messageOf),
        tools: options.tools?.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
        temperature: options.temperature,
        stream: options.stream,
      },
      options.body,
    )
  },
  decoder: () => new MessagesDecoder(),
}

/** Converts a turn to a message of the Messages API. Tool calls and their results become blocks of its content. */
function messageOf(turn: Turn): JsonObject {
  const { content, calls, results } = turn
  if (results) {
    const blocks = results.map(({ call, text }, at) => ({ type: 'tool_result', tool_use_id: callId(call, at), content: text }))
    return { role: 'user', content: blocks }
  }
  if (!calls) return { ...plainTurns([turn], contentBlock)[0] }
  const blocks = calls.flatMap((call, at) => [
    ...(call.thoughts ?? []),
    // Thoughts come before the text that they led to.
    ...(at > 0 || content === '' ? [] : [{ type: 'text', text: content }]),
    { type: 'tool_use', id: callId(call, at), name: call.name, input: callArguments(call) },
  ])
  return { role: 'assistant', content: blocks }
}

/** Converts an attachment to a content block of the Messages API: an image, or a document (a PDF or a text). */
function contentBlock({ kind, source, mediaType = '' }: Attachment): JsonObject | string {
  if (kind === 'audio') return 'no sound'
  const type = kind === 'image' ? 'image' : 'document'
  if ('url' in source) return { type, source: { type: 'url', url: source.url } }
  if (type === 'document' && mediaType.startsWith('text/'))
    return { type, source: { type: 'text', media_type: 'text/plain', data: source.text ?? '' } }
  if (type === 'document' && mediaType !== 'application/pdf') return 'files that are PDF or text only'
  return { type, source: { type: 'base64', media_type: mediaType, data: source.base64 } }
}

class MessagesDecoder implements Decoder {
  private readonly parts = new FrameParts()
  private usage: Record<string, unknown> = {}
  private reasoningSeen = false
  /** The blocks of thoughts since the last call of a tool; pieces of a streamed one are added to the last. */
  private thoughts: Record<string, unknown>[] = []

  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    if (isErrorRecord(json) || (json.type === undefined && statesFailure(json))) {
      rejectForError(json, exchange)
      return
    }
    switch (json.type ?? name) {
      case 'content_block_delta':
        this.delta(asObject(json.delta), exchange)
        break
      case 'content_block_start':
        this.block(asObject(json.content_block), exchange)
        this.report(exchange)
        break
      case 'message_start':
        this.start(asObject(asObject(json.message)?.usage), exchange)
        break
      case 'message_delta':
        this.messageDelta(json, exchange)
        break
      case 'message_stop':
        noteServerTimes(json, exchange)
        exchange.finish()
        break
      case 'error':
        rejectForError(json, exchange)
        break
      default: // ping, content_block_stop and future types: the API asks clients to ignore types they do not know
    }
  }

  textOf(event: JsonObject): string | undefined {
    const delta = asObject(event.delta)
    const isText = event.type === 'content_block_delta' && delta?.type === 'text_delta' && !isErrorRecord(event)
    return isText ? asString(delta.text) : undefined
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    if (isErrorRecord(reply) || (reply.content === undefined && statesFailure(reply))) {
      rejectForError(reply, exchange)
      return
    }
    if (!Array.isArray(reply.content)) {
      rejectShape('content', exchange)
      return
    }
    for (const block of reply.content) this.block(asObject(block), exchange, true)
    this.report(exchange)
    this.mergeUsage(asObject(reply.usage), exchange)
    noteServerTimes(reply, exchange)
    if (typeof reply.stop_reason === 'string') noteFinish(reply.stop_reason, reply, exchange)
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('message_stop', exchange)
  }

  private delta(delta: JsonObject | undefined, exchange: Exchange): void {
    if (delta === undefined) return
    if (delta.type === 'text_delta') this.parts.text = asString(delta.text)
    else if (delta.type === 'thinking_delta') {
      this.parts.reasoning = asString(delta.thinking)
      this.think('thinking', delta.thinking)
    } else if (delta.type === 'signature_delta') this.think('signature', delta.signature)
    else if (delta.type === 'input_json_delta') this.parts.tool = asString(delta.partial_json)
    this.report(exchange)
  }

  /** Reads a content block of a reply. Its tool input counts only with `whole`, because a streamed block starts with a placeholder for it. */
  private block(block: JsonObject | undefined, exchange: Exchange, whole = false): void {
    // The text of thinking is a summary, or empty, while the output count includes all of it.
    if (block?.type === 'thinking' || block?.type === 'redacted_thinking') {
      exchange.note({ partialReasoning: true })
      this.thoughts.push({ ...block })
    }
    this.parts.text += asString(block?.text)
    this.parts.reasoning += asString(block?.thinking)
    // This includes tools of the provider (server_tool_use) and of MCP servers.
    if (!asString(block?.type).endsWith('tool_use')) return
    const id = asString(block?.id)
    const thoughts = this.thoughts.length === 0 ? {} : { thoughts: this.thoughts }
    exchange.toolCall(asString(block?.name), this.parts.tool.length, { ...(id !== '' && { id }), ...thoughts })
    this.thoughts = []
    if (whole) this.parts.tool += toText(block?.input)
  }

  /** Adds a piece of a streamed block of thoughts to the block that is open. */
  private think(key: 'thinking' | 'signature', piece: unknown): void {
    const open = this.thoughts.at(-1)
    if (open) open[key] = asString(open[key]) + asString(piece)
  }

  private report(exchange: Exchange): void {
    if (this.parts.reasoning !== '') {
      this.reasoningSeen = true
      exchange.note({ partialReasoning: true })
    }
    this.parts.report(exchange)
  }

  /** Reads the usage at the start of a stream, without the output tokens, whose count is not final then. */
  private start(usage: JsonObject | undefined, exchange: Exchange): void {
    if (usage !== undefined) this.mergeUsage({ ...usage, output_tokens: null }, exchange)
  }

  private messageDelta(json: JsonObject, exchange: Exchange): void {
    this.mergeUsage(asObject(json.usage), exchange)
    const reason = asObject(json.delta)?.stop_reason
    if (typeof reason === 'string') noteFinish(reason, json, exchange)
  }

  /** Adds a usage record to those read before. Counts are cumulative and come in several records; the last value that is not null counts. */
  private mergeUsage(usage: JsonObject | undefined, exchange: Exchange): void {
    if (usage === undefined) return
    for (const key of Object.keys(usage)) if (usage[key] !== null || !(key in this.usage)) this.usage[key] = usage[key]
    const normalised = normaliseUsage(this.usage, { reasoningSeen: this.reasoningSeen || exchange.partialReasoning })
    if (normalised !== undefined) exchange.note({ usage: normalised })
  }
}
