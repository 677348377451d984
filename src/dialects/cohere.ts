import type { Exchange } from '../exchange.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, isDone, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody } from './parts/json.ts'
import { isErrorRecord, noteFinish, rejectForError, statesFailure } from './parts/provider-error.ts'
import { addressOf, chatMessages, functionTools } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/** The dialect (API format) of Cohere's `POST /v2/chat`, streamed or not. */
export const cohere: Dialect = {
  name: 'cohere',
  describe: 'Cohere Chat, version 2 (/v2/chat)',
  framing: 'sse',
  takesTools: true,
  part: imagePart,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    return mergeBody(
      {
        model: options.model,
        messages: turns.flatMap((turn) => chatMessages(turn, imagePart)).map(withoutNull),
        tools: functionTools(options.tools),
        stream: options.stream,
        max_tokens: options.maxTokens,
        temperature: options.temperature,
        seed: options.seed,
      },
      options.body,
    )
  },
  decoder: () => new CohereDecoder(),
}

function imagePart(part: Attachment): JsonObject | string {
  return part.kind === 'image' ? { type: 'image_url', image_url: { url: addressOf(part) } } : 'images only'
}

/** Returns a message without its `content` if that is null, because this API rejects null. */
function withoutNull({ content, ...rest }: JsonObject): JsonObject {
  return content === null ? rest : { ...rest, content }
}

class CohereDecoder implements Decoder {
  private readonly parts = new FrameParts()
  private reasoningSeen = false

  event(name: string, data: string, exchange: Exchange): void {
    if (isDone(data)) return
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    const type = asString(json.type) || name
    if (isErrorRecord(json) || (type === '' && statesFailure(json))) {
      rejectForError(json, exchange)
      return
    }
    const delta = asObject(json.delta)
    if (type === 'message-end') this.ended(delta ?? {}, exchange)
    else if (
      type === 'content-start' ||
      type === 'content-delta' ||
      type === 'tool-plan-delta' ||
      type.startsWith('tool-call-')
    ) {
      this.collect(asObject(delta?.message), exchange)
      this.report(exchange)
    }
  }

  textOf(event: JsonObject): string | undefined {
    const content = event.type === 'content-delta' ? asObject(asObject(asObject(event.delta)?.message)?.content) : undefined
    return content === undefined || content.thinking !== undefined || typeof content.text !== 'string' ? undefined : content.text
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    const message = asObject(reply.message)
    if (isErrorRecord(reply) || (message === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (message === undefined) rejectShape('message', exchange)
    else {
      this.collect(message, exchange)
      this.report(exchange)
      this.note(reply, exchange)
    }
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('message-end', exchange)
  }

  private collect(message: JsonObject | undefined, exchange: Exchange): void {
    if (message === undefined) return
    // A plan of what to do with the tools comes before their calls.
    this.parts.reasoning += asString(message.tool_plan)
    for (const raw of listOf(message.content)) {
      const content = asObject(raw)
      this.parts.reasoning += asString(content?.thinking)
      this.parts.text += asString(content?.text)
    }
    for (const raw of listOf(message.tool_calls)) {
      const call = asObject(raw)
      const called = asObject(call?.function)
      const name = asString(called?.name)
      const id = asString(call?.id)
      if (name !== '') exchange.toolCall(name, this.parts.tool.length, id === '' ? undefined : { id })
      this.parts.tool += asString(called?.arguments)
    }
  }

  private report(exchange: Exchange): void {
    if (this.parts.reasoning !== '') this.reasoningSeen = true
    this.parts.report(exchange)
  }

  private ended(delta: JsonObject, exchange: Exchange): void {
    if (delta.error !== undefined && delta.error !== null) {
      rejectForError({ error: delta.error }, exchange)
      return
    }
    this.note(delta, exchange)
    exchange.finish()
  }

  private note(reply: JsonObject, exchange: Exchange): void {
    const usage = normaliseUsage(reply.usage, { reasoningSeen: this.reasoningSeen })
    if (usage !== undefined) exchange.note({ usage })
    if (typeof reply.finish_reason === 'string') noteFinish(reply.finish_reason, reply, exchange)
  }
}

/** Returns a value as a list: a streamed event holds a single object where a whole reply holds a list. */
function listOf(value: unknown): readonly unknown[] {
  return asObject(value) ? [value] : asArray(value)
}
