import type { Exchange } from '../exchange.ts'
import { asksForSeveral, Choices } from './parts/choices.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts, FrameTokens } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody, toText } from './parts/json.ts'
import { isErrorRecord, noteFinish, rejectForError, statesFailure } from './parts/provider-error.ts'
import { callArguments, partsOf, splitSystem } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/** The dialect (API format) of Google Gemini: `generateContent` and its streamed form. The address names the model. */
export const gemini: Dialect = {
  name: 'gemini',
  describe: 'Google Gemini generateContent',
  framing: 'json-array',
  part: dataPart,
  takesTools: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const { system, rest } = splitSystem(turns)
    const config = mergeBody({ maxOutputTokens: options.maxTokens, temperature: options.temperature, seed: options.seed })
    return mergeBody(
      {
        systemInstruction: system === undefined ? undefined : { parts: [{ text: system }] },
        contents: rest.map((turn) => ({ role: turn.role === 'assistant' ? 'model' : 'user', parts: partsIn(turn) })),
        tools: options.tools && [{ functionDeclarations: options.tools }],
        generationConfig: Object.keys(config).length === 0 ? undefined : config,
      },
      options.body,
    )
  },
  decoder: (_mapping, body) => new GeminiDecoder(asksForSeveral(asObject(body?.generationConfig)?.candidateCount)),
}

/** Converts a turn to a list of Gemini's parts: its text, attachments, tool calls and tool results. */
function partsIn(turn: Turn): JsonObject[] {
  const { content, calls, results } = turn
  if (results)
    return results.map(({ call: { name, id }, text }) => ({
      functionResponse: { ...(id === undefined ? {} : { id }), name, response: { result: text } },
    }))
  if (!calls) return partsOf(turn, dataPart, (text) => ({ text }))
  const made = calls.map((call) => ({
    functionCall: { ...(call.id === undefined ? {} : { id: call.id }), name: call.name, args: callArguments(call) },
    ...(call.signature === undefined ? {} : { thoughtSignature: call.signature }),
  }))
  return [...(content === '' ? [] : [{ text: content }]), ...made]
}

/** Converts an attachment of any kind to a part of a Gemini message. */
function dataPart({ source, mediaType }: Attachment): JsonObject {
  const mimeType = mediaType === undefined ? {} : { mimeType: mediaType }
  return 'url' in source
    ? { fileData: { ...mimeType, fileUri: source.url } }
    : { inlineData: { ...mimeType, data: source.base64 } }
}

class GeminiDecoder implements Decoder {
  private readonly parts = new FrameParts()
  private readonly frameTokens = new FrameTokens()
  private readonly choices: Choices

  constructor(several: boolean) {
    this.choices = new Choices(several)
  }

  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    if (name === 'error') rejectForError(json, exchange)
    else this.chunk(json, true, exchange)
  }

  document(json: unknown, exchange: Exchange): void {
    // A stream that is read as one document is an array of chunks.
    const streamed = Array.isArray(json)
    for (const chunk of streamed ? json : [json]) this.chunk(asObject(chunk) ?? {}, streamed, exchange)
    if (!exchange.settled && exchange.finishReason === undefined) rejectShape('finishReason in candidates[0]', exchange)
  }

  /** Fails the exchange if its stream ended without a finish reason, which is this API's only end marker. */
  end(exchange: Exchange): void {
    if (exchange.finishReason === undefined) rejectOpenEnd('a finishReason', exchange)
  }

  private chunk(json: JsonObject, streamed: boolean, exchange: Exchange): void {
    if (isErrorRecord(json) || (json.candidates === undefined && statesFailure(json))) {
      rejectForError(json, exchange)
      return
    }
    const candidates = asArray(json.candidates)
    let finishReason: unknown
    let others = false
    for (let at = 0; at < candidates.length; at++) {
      const candidate = asObject(candidates[at])
      if (candidate === undefined) continue
      const parts = asArray(asObject(candidate.content)?.parts)
      if (this.choices.isReply(streamed ? candidate.index : undefined, at)) {
        this.collect(parts, exchange)
        finishReason ??= candidate.finishReason
      } else others ||= parts.length > 0
    }
    // The text of thoughts is only a summary of the reasoning.
    if (this.parts.reasoning !== '') exchange.note({ partialReasoning: true })
    const generated = !this.parts.empty
    const usage = normaliseUsage(json.usageMetadata, { source: this.frameTokens.source(generated) })
    if (generated) this.parts.report(exchange, this.frameTokens.next(usage?.outputTokens), usage)
    // The usage counts the tokens of all candidates, so all of them count in times and speeds; their texts are not the reply.
    else if (others) exchange.unit('text', '', this.frameTokens.next(usage?.outputTokens))
    if (usage !== undefined) exchange.note({ usage })
    if (typeof finishReason === 'string') noteFinish(finishReason, json, exchange)
    if (asObject(candidates[0]) === undefined) rejectBlocked(asObject(json.promptFeedback), exchange)
  }

  private collect(parts: readonly unknown[], exchange: Exchange): void {
    for (let at = 0; at < parts.length; at++) {
      const part = asObject(parts[at])
      if (part?.thought === true) this.parts.reasoning += asString(part.text)
      else this.parts.text += asString(part?.text)
      const call = asObject(part?.functionCall)
      if (call !== undefined) {
        const id = asString(call.id)
        const signature = asString(part?.thoughtSignature)
        const marks = { ...(id === '' ? {} : { id }), ...(signature === '' ? {} : { signature }) }
        exchange.toolCall(asString(call.name), this.parts.tool.length, marks)
        this.parts.tool += toText(call.args ?? {})
      }
      // Code that the model writes for its interpreter is generated text; the output of that code is not.
      this.parts.tool += asString(asObject(part?.executableCode)?.code)
    }
  }
}

/** Fails an exchange whose reply has status 200 and no candidates: a filter has blocked the prompt. */
function rejectBlocked(feedback: JsonObject | undefined, exchange: Exchange): void {
  const reason = asString(feedback?.blockReason)
  if (reason === '') return
  const more = asString(feedback?.blockReasonMessage)
  exchange.reject('blocked', `the prompt was blocked: ${reason}${more === '' ? '' : `: ${more}`}`, reason)
}
