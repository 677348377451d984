import type { Exchange, UnitKind } from '../exchange.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, isDone, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody } from './parts/json.ts'
import { hasError, isErrorRecord, rejectForError, statesFailure } from './parts/provider-error.ts'
import { noteServerTimes } from './parts/server-times.ts'
import { addressOf, callId, plainTurns, splitSystem } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/** The dialect (API format) of OpenAI's Responses API (`POST /v1/responses`, or a WebSocket). The API takes no seed, so `seed` is not sent. */
export const responses: Dialect = {
  name: 'openai-responses',
  describe: 'OpenAI Responses',
  framing: 'sse',
  part: inputPart,
  takesTools: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const { system, rest } = splitSystem(turns)
    return mergeBody(
      {
        model: options.model,
        instructions: system,
        input: rest.flatMap(inputItems),
        tools: options.tools?.map((tool) => ({ type: 'function', ...tool })),
        max_output_tokens: options.maxTokens,
        temperature: options.temperature,
        stream: options.stream,
      },
      options.body,
    )
  },
  decoder: () => new ResponsesDecoder(),
}

/** Converts a turn to items of the Responses API: a message, and one item for each tool call or tool result. */
function inputItems(turn: Turn): JsonObject[] {
  const { content, calls, results } = turn
  if (results)
    return results.map(({ call, text }, at) => ({ type: 'function_call_output', call_id: callId(call, at), output: text }))
  if (!calls) return plainTurns([turn], inputPart, (text) => ({ type: 'input_text', text }))
  const made = calls.map((call, at) => ({
    type: 'function_call',
    call_id: callId(call, at),
    name: call.name,
    arguments: call.arguments || '{}',
  }))
  return [...(content === '' ? [] : [{ role: 'assistant', content }]), ...made]
}

/** Converts an attachment to a content part of the Responses API: an image or a file, by its content or its address. */
function inputPart(part: Attachment): JsonObject | string {
  const { kind, name, source } = part
  if (kind === 'audio') return 'no sound'
  if (kind === 'image') return { type: 'input_image', detail: 'auto', image_url: addressOf(part) }
  return { type: 'input_file', ...('url' in source ? { file_url: source.url } : { filename: name, file_data: addressOf(part) }) }
}

class ResponsesDecoder implements Decoder {
  private readonly parts = new FrameParts()
  private reasoningSeen = false

  event(name: string, data: string, exchange: Exchange): void {
    // The API sends no `[DONE]`, but gateways do, after the terminal event or in place of it.
    if (isDone(data)) return
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    const type = asString(json.type) || name
    if (isFailure(type, json)) rejectForError(json, exchange)
    // The `.done` events repeat the full text, so they are not counted.
    else if (type.endsWith('.delta')) this.delta(type, json.delta, exchange)
    else if (type === 'response.output_item.added') noteCall(asObject(json.item), 0, exchange)
    else this.lifecycle(type, asObject(json.response), exchange)
  }

  textOf(event: JsonObject): string | undefined {
    return event.type === 'response.output_text.delta' && typeof event.delta === 'string' ? event.delta : undefined
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    if (isFailure(asString(reply.type), reply)) rejectForError(reply, exchange)
    else if (!Array.isArray(reply.output)) rejectShape('output', exchange)
    else {
      for (const item of reply.output) this.item(asObject(item), exchange)
      this.report(exchange)
      this.terminal(reply, exchange)
    }
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('response.completed or response.incomplete', exchange)
  }

  private delta(type: string, delta: unknown, exchange: Exchange): void {
    const kind = kindOf(type)
    if (kind === undefined) return
    this.parts[kind] = typeof delta === 'string' ? delta : asString(asObject(delta)?.text)
    if (kind === 'reasoning' && type.includes('summary')) exchange.note({ partialReasoning: true })
    this.report(exchange)
  }

  private lifecycle(type: string, response: JsonObject | undefined, exchange: Exchange): void {
    if (response === undefined) return
    if (type === 'response.completed' || type === 'response.incomplete') this.terminal(response, exchange)
    else if (type === 'response.failed' || type === 'response.cancelled')
      this.terminal({ status: type.slice(9), ...response }, exchange)
  }

  /** Reads token counts, finish reason and status from the finished response, and completes or fails the exchange. */
  private terminal(response: JsonObject, exchange: Exchange): void {
    const usage = normaliseUsage(response.usage, { reasoningSeen: this.reasoningSeen || exchange.partialReasoning })
    if (usage !== undefined) exchange.note({ usage })
    noteServerTimes(response, exchange)
    const status = asString(response.status) || 'completed'
    exchange.note({ finishReason: asString(asObject(response.incomplete_details)?.reason) || status })
    if (hasError(response.error)) rejectForError(response, exchange)
    else if (status === 'completed' || status === 'incomplete') exchange.finish()
    else if (status === 'failed' || status === 'cancelled') exchange.reject('error_in_stream', `the response ended as ${status}`)
    else exchange.reject('closed_early', `the reply ended while the response was still ${status}`)
  }

  private item(item: JsonObject | undefined, exchange: Exchange): void {
    if (item === undefined) return
    for (const raw of asArray(item.content)) {
      const part = asObject(raw)
      if (part?.type === 'output_text') this.parts.text += asString(part.text)
      else if (part?.type === 'refusal') this.parts.refusal += asString(part.refusal)
      else if (part?.type === 'reasoning_text') this.parts.reasoning += asString(part.text)
    }
    for (const part of asArray(item.summary)) {
      this.parts.reasoning += asString(asObject(part)?.text)
      exchange.note({ partialReasoning: true })
    }
    noteCall(item, this.parts.tool.length, exchange)
    const input = TOOL_INPUT.get(asString(item.type))
    if (input !== undefined) this.parts.tool += asString(item[input])
  }

  private report(exchange: Exchange): void {
    if (this.parts.reasoning !== '') this.reasoningSeen = true
    this.parts.report(exchange)
  }
}

/** True when an event or a whole reply is an error. A `response.…` event never is, even if it reports the error of a tool. */
function isFailure(type: string, json: JsonObject): boolean {
  if (type.startsWith('response.')) return false
  return type === 'error' || isErrorRecord(json) || (json.output === undefined && statesFailure(json))
}

/** The key of the text that the model wrote for a tool, by the type of the item. */
const TOOL_INPUT = new Map([
  ['function_call', 'arguments'],
  ['custom_tool_call', 'input'],
  ['mcp_call', 'arguments'],
  ['code_interpreter_call', 'code'],
])

/** Records the tool that an item calls on the exchange, if the item is a tool call. Calls of the code interpreter have no name of their own. */
function noteCall(item: JsonObject | undefined, pending: number, exchange: Exchange): void {
  const type = asString(item?.type)
  if (!TOOL_INPUT.has(type)) return
  const id = asString(item?.call_id)
  exchange.toolCall(asString(item?.name) || type, pending, id === '' ? undefined : { id })
}

/** Returns what kind of generated text a delta event holds; undefined for events without text, such as sound. */
function kindOf(type: string): UnitKind | undefined {
  if (type === 'response.output_text.delta') return 'text'
  if (type === 'response.refusal.delta') return 'refusal'
  // `reasoning_text` and `reasoning_summary_text`; older servers leave out `_text`.
  if (type.startsWith('response.reasoning')) return 'reasoning'
  return TOOL_DELTA.test(type) ? 'tool' : undefined
}

const TOOL_DELTA =
  /^response\.(function_call_arguments|custom_tool_call_input|mcp_call_arguments|mcp_call\.arguments|code_interpreter_call_code)\.delta$/
