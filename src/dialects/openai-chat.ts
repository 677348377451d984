/** The dialects of OpenAI Chat Completions and Completions, and of the many servers with the same API: vLLM, SGLang, Groq, Azure. */
import type { Exchange } from '../exchange.ts'
import { asksForSeveral, Choices } from './parts/choices.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, isDone, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts, FrameTokens } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody, toText } from './parts/json.ts'
import {
  hasError,
  isErrorRecord,
  isFailedFinish,
  rejectForError,
  rejectForFinish,
  statesFailure,
} from './parts/provider-error.ts'
import { readReasoning } from './parts/reasoning.ts'
import { noteServerTimes } from './parts/server-times.ts'
import { addressOf, chatMessages, functionTools, wholePrompt } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/**
 * The dialect (API format) of OpenAI's `POST /v1/chat/completions`. The setting `maxTokens` is sent as `max_completion_tokens`; for servers that
 * expect another key, such as `max_tokens`, `options.limitField` names it.
 */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  describe: 'OpenAI Chat Completions and compatible servers (vLLM, SGLang, llama.cpp, Groq, Azure, OpenRouter)',
  framing: 'sse',
  part: chatPart,
  takesTools: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    return mergeBody(
      {
        model: options.model,
        messages: turns.flatMap((turn) => chatMessages(turn, chatPart)),
        tools: functionTools(options.tools),
        stream: options.stream,
        stream_options: options.stream ? { include_usage: true } : undefined,
        [options.limitField ?? 'max_completion_tokens']: options.maxTokens,
        temperature: options.temperature,
        seed: options.seed,
      },
      options.body,
    )
  },
  decoder: (_mapping, body) => new ChatDecoder(asksForSeveral(body?.n)),
}

/** The dialect (API format) of OpenAI's `POST /v1/completions`. The API takes a single prompt, in which each earlier turn becomes one line. */
export const openaiCompletions: Dialect = {
  name: 'openai-completions',
  describe: 'OpenAI Completions (/v1/completions) and compatible servers; earlier turns become lines of the prompt',
  framing: 'sse',
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    return mergeBody(
      {
        model: options.model,
        prompt: wholePrompt(turns),
        stream: options.stream,
        stream_options: options.stream ? { include_usage: true } : undefined,
        max_tokens: options.maxTokens,
        temperature: options.temperature,
        seed: options.seed,
      },
      options.body,
    )
  },
  decoder: (_mapping, body) => new ChatDecoder(asksForSeveral(body?.n)),
}

const SOUND_FORMATS: Readonly<Record<string, string>> = { 'audio/wav': 'wav', 'audio/mpeg': 'mp3' }

/** Converts an attachment to a content part of OpenAI's chat API: images by address, sound and files as Base64. */
function chatPart(part: Attachment): JsonObject | string {
  const { kind, name, source, mediaType = '' } = part
  if (kind === 'image') return { type: 'image_url', image_url: { url: addressOf(part) } }
  if ('url' in source) return 'sound and files by their content only: name a file of the folder'
  if (kind === 'file') return { type: 'file', file: { filename: name, file_data: addressOf(part) } }
  const format = SOUND_FORMATS[mediaType]
  return format === undefined ? 'sound as WAV or MP3 only' : { type: 'input_audio', input_audio: { data: source.base64, format } }
}

class ChatDecoder implements Decoder {
  private readonly parts = new FrameParts()
  /** The texts of choices other than the one that is read, when the request asks for several (`n` above 1). */
  private readonly others = new FrameParts()
  private readonly frameTokens = new FrameTokens()
  private readonly choices: Choices
  private reasoningSeen = false
  private hasDeltas = false
  /** Undefined when several choices may come, because the text of an event may then belong to a choice that is not read. */
  readonly textOf?: typeof textOf

  constructor(several: boolean) {
    this.choices = new Choices(several)
    if (!several) this.textOf = textOf
  }

  event(name: string, data: string, exchange: Exchange): void {
    if (isDone(data)) {
      this.done(exchange)
      return
    }
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    if (name === 'error' || isErrorRecord(json) || (json.choices === undefined && statesFailure(json)))
      rejectForError(json, exchange)
    else this.take(json, true, exchange)
  }

  passedBy(isEmpty: boolean): void {
    this.hasDeltas = true
    if (!isEmpty) this.frameTokens.next(undefined)
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    const first = asObject(asArray(reply.choices)[0])
    if (isErrorRecord(reply) || (first === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (first?.message === undefined && first?.text === undefined && !hasError(first?.error))
      rejectShape('choices[0].message or choices[0].text', exchange)
    else this.take(reply, false, exchange)
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('[DONE]', exchange)
  }

  private done(exchange: Exchange): void {
    if (exchange.finishReason === undefined) {
      if (exchange.frames === 0) {
        rejectOpenEnd('any text or finish_reason before [DONE]', exchange)
        return
      }
      exchange.warn('no_finish_reason')
    }
    exchange.finish()
  }

  private take(json: JsonObject, streamed: boolean, exchange: Exchange): void {
    const choices = asArray(json.choices)
    let failed: JsonObject | undefined
    for (let at = 0; at < choices.length; at++) {
      const choice = asObject(choices[at])
      if (choice === undefined) continue
      const isReply = this.choices.isReply(streamed ? choice.index : undefined, at)
      const parts = isReply ? this.parts : this.others
      if (isReply && choice.logprobs) noteLogProbs(asObject(choice.logprobs), exchange)
      this.collect(this.partOf(choice, streamed), parts, exchange)
      // `/v1/completions` has its text here.
      if (choice.delta === undefined && choice.message === undefined) parts.text += asString(choice.text)
      if (isReply && typeof choice.finish_reason === 'string')
        exchange.note({ finishReason: exchange.finishReason ?? choice.finish_reason })
      if (hasError(choice.error) || isFailedFinish(choice.finish_reason)) failed ??= choice
    }
    this.settleFrame(json, exchange)
    if (failed !== undefined) rejectForFinish(asString(failed.finish_reason), hasError(failed.error) ? failed : json, exchange)
  }

  /**
   * Returns the part of a choice that holds its text: its `delta` or its `message`. A message at the end of a stream that repeats all deltas is
   * ignored.
   */
  private partOf(choice: JsonObject, streamed: boolean): JsonObject | undefined {
    const delta = asObject(choice.delta)
    if (delta !== undefined) this.hasDeltas = true
    if (streamed && (delta !== undefined || this.hasDeltas)) return delta
    return asObject(choice.message) ?? delta
  }

  private settleFrame(json: JsonObject, exchange: Exchange): void {
    const record = usageIn(json)
    const { parts, others } = this
    const generated = !parts.empty || !others.empty
    if (parts.reasoning !== '') this.reasoningSeen = true
    const usage = record
      ? normaliseUsage(record, {
          reasoningSeen: this.reasoningSeen || exchange.partialReasoning,
          source: this.frameTokens.source(generated),
        })
      : undefined
    if (generated) {
      const tokens = this.frameTokens.next(usage?.outputTokens)
      // The usage counts the tokens of all choices, so all of them count in times and speeds; their texts are not the reply.
      if (parts.empty) exchange.unit(others.reasoning === '' ? 'text' : 'reasoning', '', tokens)
      else parts.report(exchange, tokens, usage)
      others.clear()
    }
    if (usage !== undefined) exchange.note({ usage })
    // Servers put them into the last events.
    if (usage !== undefined || exchange.finishReason !== undefined) noteServerTimes(json, exchange)
  }

  private collect(delta: JsonObject | undefined, parts: FrameParts, exchange: Exchange): void {
    if (delta === undefined) return
    if (isOnlyText(delta)) {
      parts.text += asString(delta.content)
      return
    }
    if (isThought(delta)) {
      parts.reasoning += asString(delta.content)
      exchange.note({ partialReasoning: true })
    } else if (typeof delta.content === 'string') parts.text += delta.content
    else if (Array.isArray(delta.content)) collectParts(delta.content, parts)
    parts.reasoning += readReasoning(delta, exchange)
    parts.refusal += asString(delta.refusal)
    const calls = asArray(delta.tool_calls)
    for (let at = 0; at < calls.length; at++) {
      const call = asObject(calls[at])
      if (parts === this.parts) noteCall(call, parts.tool.length, exchange)
      parts.tool += toolInput(call)
    }
    const single = asObject(delta.function_call)
    if (parts === this.parts && single !== undefined) noteCall({ index: 0, function: single }, 0, exchange)
    parts.tool += asString(single?.arguments)
    // The transcript of generated audio.
    if (parts.text === '') parts.text = asString(asObject(delta.audio)?.transcript)
  }
}

/** Returns the text of an event that has one choice and adds only text; undefined for any other event. */
function textOf(event: JsonObject): string | undefined {
  const choices = asArray(event.choices)
  const choice = asObject(choices[0])
  const delta = asObject(choice?.delta)
  if (choices.length !== 1 || !choice || choice.logprobs || !delta || !isOnlyText(delta)) return undefined
  const isLast = typeof choice.finish_reason === 'string' || hasError(choice.error)
  return isLast || isErrorRecord(event) || usageIn(event) ? undefined : asString(delta.content)
}

/** Reads content in Mistral's form, a list of text and thinking parts, and adds it to `parts`. */
function collectParts(content: readonly unknown[], parts: FrameParts): void {
  for (const item of content) {
    const part = asObject(item)
    parts.text += asString(part?.text)
    parts.reasoning += asString(part?.thinking)
    for (const thought of asArray(part?.thinking)) parts.reasoning += asString(asObject(thought)?.text)
  }
}

function usageIn(event: JsonObject): unknown {
  return event.usage ?? asObject(event.x_groq)?.usage
}

/** True for a delta that holds only text, so that it need not be searched for fields that other servers add. */
function isOnlyText(delta: JsonObject): boolean {
  for (const key in delta) if (key !== 'content' && key !== 'role') return false
  return typeof delta.content === 'string'
}

/** Records the log-probabilities of a choice on the exchange: from a chat (`content`), or from `/v1/completions` (`token_logprobs`). */
function noteLogProbs(given: JsonObject | undefined, exchange: Exchange): void {
  for (const token of asArray(given?.content)) exchange.logProb(numberOf(asObject(token)?.logprob))
  for (const value of asArray(given?.token_logprobs)) exchange.logProb(numberOf(value))
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : Number.NaN)

/** Records a tool call on the exchange once, although some servers repeat its name with each piece of the arguments. */
function noteCall(call: JsonObject | undefined, pending: number, exchange: Exchange): void {
  const name = asString(asObject(call?.function)?.name) || asString(asObject(call?.custom)?.name)
  const isKnown = typeof call?.index === 'number' && call.index < exchange.toolCallCount
  if (name === '' || isKnown) return
  const id = asString(call?.id)
  exchange.toolCall(name, pending, id === '' ? undefined : { id })
}

/** Returns the arguments of a function call, or the free text input of a custom tool. */
function toolInput(call: JsonObject | undefined): string {
  return toText(asObject(call?.function)?.arguments) + asString(asObject(call?.custom)?.input)
}

/** True when the content of a delta is a summary of reasoning, which Gemini marks in its OpenAI-compatible API. */
function isThought(delta: JsonObject): boolean {
  return delta.extra_content !== undefined && asObject(asObject(delta.extra_content)?.google)?.thought === true
}
