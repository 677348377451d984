/** OpenAI Responses, over SSE or as messages of a WebSocket. */
import type { Exchange } from '../exchange.ts'
import { noteConversationId } from './conversation-id.ts'
import type { ChatOptions, Decoder, Dialect, Turn } from './dialect.ts'
import { documentObject, isDone, parseEvent, rejectOpenEnd, rejectShape } from './events.ts'
import { Parts } from './frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody } from './json.ts'
import { hasError, rejectForError } from './provider-error.ts'
import { plainTurns, splitSystem } from './turns.ts'
import { normaliseUsage } from './usage.ts'

/** `POST /v1/responses`. The API has no seed, so `seed` is not sent. */
export const responses: Dialect = {
  name: 'openai-responses',
  describe: 'OpenAI Responses',
  framing: 'sse',
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const { system, rest } = splitSystem(turns)
    return mergeBody(
      {
        model: options.model,
        instructions: system,
        input: plainTurns(rest),
        max_output_tokens: options.maxTokens,
        temperature: options.temperature,
        stream: options.stream,
      },
      options.body,
    )
  },
  decoder: () => new ResponsesDecoder(),
}

class ResponsesDecoder implements Decoder {
  private readonly parts = new Parts()
  private reasoningSeen = false

  event(name: string, data: string, exchange: Exchange): void {
    // The API itself sends none, but gateways do, after the terminal event or instead of nothing.
    if (isDone(data)) return
    const json = parseEvent(data, exchange)
    if (json === undefined) return
    const type = asString(json.type) || name
    if (type === 'error' || (type === '' && hasError(json.error))) rejectForError(json, exchange)
    // The `.done` events repeat the full text: they are never counted.
    else if (type.endsWith('.delta')) this.delta(type, asString(json.delta), exchange)
    else this.lifecycle(type, asObject(json.response), exchange)
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    if (hasError(reply.error)) rejectForError(reply, exchange)
    else if (!Array.isArray(reply.output)) rejectShape('output', exchange)
    else {
      for (const item of reply.output) this.item(asObject(item))
      this.report(exchange)
      this.terminal(reply, exchange)
    }
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('response.completed or response.incomplete', exchange)
  }

  private delta(type: string, text: string, exchange: Exchange): void {
    if (type === 'response.output_text.delta') this.parts.text = text
    else if (type === 'response.refusal.delta') this.parts.refusal = text
    else if (type === 'response.reasoning_text.delta' || type === 'response.reasoning_summary_text.delta')
      this.parts.reasoning = text
    else if (type === 'response.function_call_arguments.delta') this.parts.tool = text
    this.report(exchange)
  }

  private lifecycle(type: string, response: JsonObject | undefined, exchange: Exchange): void {
    if (response === undefined) return
    if (type === 'response.completed' || type === 'response.incomplete') this.terminal(response, exchange)
    else if (type === 'response.failed' || type === 'response.cancelled')
      this.terminal({ status: type.slice(9), ...response }, exchange)
  }

  /** What the finished response says about itself. */
  private terminal(response: JsonObject, exchange: Exchange): void {
    noteConversationId(exchange, response.id)
    const usage = normaliseUsage(response.usage, { reasoningSeen: this.reasoningSeen })
    if (usage !== undefined) exchange.usage = usage
    const status = asString(response.status) || 'completed'
    exchange.finishReason = asString(asObject(response.incomplete_details)?.reason) || status
    if (hasError(response.error)) rejectForError(response, exchange)
    else if (status === 'completed' || status === 'incomplete') exchange.finish()
    else if (status === 'failed' || status === 'cancelled') exchange.reject('error_in_stream', `the response ended as ${status}`)
    else exchange.reject('closed_early', `the reply ended while the response was still ${status}`)
  }

  private item(item: JsonObject | undefined): void {
    if (item === undefined) return
    for (const raw of asArray(item.content)) {
      const part = asObject(raw)
      if (part?.type === 'output_text') this.parts.text += asString(part.text)
      else if (part?.type === 'refusal') this.parts.refusal += asString(part.refusal)
      else if (part?.type === 'reasoning_text') this.parts.reasoning += asString(part.text)
    }
    for (const part of asArray(item.summary)) this.parts.reasoning += asString(asObject(part)?.text)
    if (item.type === 'function_call') this.parts.tool += asString(item.arguments)
  }

  private report(exchange: Exchange): void {
    if (this.parts.reasoning !== '') this.reasoningSeen = true
    this.parts.report(exchange)
  }
}
