import type { Exchange } from '../exchange.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody, toText } from './parts/json.ts'
import { isErrorRecord, noteFinish, rejectForError, statesFailure } from './parts/provider-error.ts'
import { asPrompt, attachmentsOf, callArguments, functionTools, splitSystem } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/** The dialect (API format) of Ollama's `POST /api/chat`: one JSON object per line. */
export const ollama: Dialect = {
  name: 'ollama',
  describe: 'Ollama chat (/api/chat), one JSON object per line',
  framing: 'ndjson',
  part: image,
  takesTools: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const messages = turns.flatMap(messagesOf)
    return mergeBody({ model: options.model, messages, tools: functionTools(options.tools), ...common(options) }, options.body)
  },
  decoder: () => new OllamaDecoder(),
}

/** The dialect (API format) of Ollama's `POST /api/generate`. The API takes a single prompt, in which each earlier turn becomes one line. */
export const ollamaGenerate: Dialect = {
  name: 'ollama-generate',
  describe: 'Ollama completion (/api/generate); earlier turns become lines of the prompt',
  framing: 'ndjson',
  part: image,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const { system, rest } = splitSystem(turns)
    return mergeBody(
      { model: options.model, system, prompt: asPrompt(rest), ...imagesOf(rest), ...common(options) },
      options.body,
    )
  },
  decoder: () => new OllamaDecoder(),
}

/** Converts a turn to Ollama's messages: one message, or one for each tool result, which carries the tool's name. */
function messagesOf(turn: Turn): JsonObject[] {
  const { role, content, calls, results } = turn
  if (results) return results.map(({ call, text }) => ({ role: 'tool', tool_name: call.name, content: text }))
  const made = calls?.map((call) => ({ function: { name: call.name, arguments: callArguments(call) } }))
  return [{ role, content, ...imagesOf([turn]), ...(made ? { tool_calls: made } : {}) }]
}

/** Returns an image in Ollama's form: its bare Base64 content, for a list beside the text. */
function image({ kind, source }: Attachment): JsonObject | string {
  if (kind !== 'image') return 'images only'
  return 'url' in source ? 'images by their content only: name a file of the folder' : { base64: source.base64 }
}

/** Returns `{ images }` with the images of some turns; an empty object when they have none. */
function imagesOf(turns: readonly Turn[]): { images?: unknown[] } {
  const images = turns.flatMap((turn) => attachmentsOf(turn, image).map(({ base64 }) => base64))
  return images.length === 0 ? {} : { images }
}

function common(options: ChatOptions): JsonObject {
  const sampling = mergeBody({ num_predict: options.maxTokens, temperature: options.temperature, seed: options.seed })
  // The API streams unless told not to.
  return { stream: options.stream, options: Object.keys(sampling).length === 0 ? undefined : sampling }
}

/** The shortest model load time in ns that counts as a cold start. A model in memory is ready within milliseconds. */
const COLD_START_NS = 1e9

class OllamaDecoder implements Decoder {
  private readonly parts = new FrameParts()
  private reasoningSeen = false

  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json !== undefined) this.line(json, exchange)
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    if (!isReply(reply) && !statesFailure(reply)) {
      rejectShape('message or response', exchange)
      return
    }
    this.line(reply, exchange)
    if (!exchange.settled) this.end(exchange)
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('done: true', exchange)
  }

  private line(json: JsonObject, exchange: Exchange): void {
    if (isErrorRecord(json) || (!isReply(json) && json.done !== true && statesFailure(json))) {
      rejectForError(json, exchange)
      return
    }
    this.collect(json, exchange)
    if (this.parts.reasoning !== '') this.reasoningSeen = true
    this.parts.report(exchange)
    if (json.done === true) this.done(json, exchange)
  }

  private collect(json: JsonObject, exchange: Exchange): void {
    const message = asObject(json.message)
    this.parts.text = asString(message?.content) || asString(json.response)
    this.parts.reasoning = asString(message?.thinking) || asString(json.thinking)
    const calls = asArray(message?.tool_calls)
    for (let at = 0; at < calls.length; at++) {
      const call = asObject(asObject(calls[at])?.function)
      exchange.toolCall(asString(call?.name), this.parts.tool.length)
      this.parts.tool += toText(call?.arguments)
    }
  }

  private done(json: JsonObject, exchange: Exchange): void {
    if (typeof json.done_reason === 'string') noteFinish(json.done_reason, json, exchange)
    const usage = normaliseUsage(timings(json), { reasoningSeen: this.reasoningSeen })
    if (usage !== undefined) exchange.note({ usage })
    if (Number(json.load_duration) >= COLD_START_NS) exchange.warn('cold_start')
    exchange.finish()
  }
}

/** True when a line is part of a reply. A line whose `message` is a text is a proxy's error. */
function isReply(json: JsonObject): boolean {
  return asObject(json.message) !== undefined || json.response !== undefined || json.thinking !== undefined
}

/** Returns the token counts and durations (in ns) of the last line, without its text. */
function timings(json: JsonObject): JsonObject {
  const record: Record<string, unknown> = {}
  for (const key of Object.keys(json)) if (key.endsWith('_count') || key.endsWith('_duration')) record[key] = json[key]
  return record
}
