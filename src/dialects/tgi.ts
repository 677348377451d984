import type { Exchange } from '../exchange.ts'
import type { ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { FrameParts } from './parts/frame-tokens.ts'
import { asArray, asObject, asString, type JsonObject, mergeBody } from './parts/json.ts'
import { isErrorRecord, noteFinish, rejectForError, statesFailure } from './parts/provider-error.ts'
import { wholePrompt } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/**
 * The dialect (API format) of `POST /generate` and `/generate_stream` of Text Generation Inference. The API takes a single prompt, in which each
 * earlier turn becomes one line; the server applies no chat template to it. The server decides the model, so `model` is not sent.
 */
export const tgiGenerate: Dialect = {
  name: 'tgi-generate',
  describe: 'Text Generation Inference, its own API (/generate, /generate_stream); earlier turns become lines of the prompt',
  framing: 'sse',
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const parameters = mergeBody(
      // Without `details` a whole reply has no counts of tokens.
      { max_new_tokens: options.maxTokens, temperature: options.temperature, seed: options.seed, details: true },
      asObject(options.body?.parameters),
    )
    return mergeBody({ inputs: wholePrompt(turns) }, { ...options.body, parameters })
  },
  decoder: () => new TgiDecoder(),
}

class TgiDecoder implements Decoder {
  private readonly parts = new FrameParts()

  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    const token = asObject(json.token)
    if (isErrorRecord(json) || (token === undefined && statesFailure(json))) {
      rejectForError(json, exchange)
      return
    }
    noteToken(token, exchange)
    // The texts of special tokens, such as </s>, are no part of the reply.
    if (token?.special !== true) this.parts.text = asString(token?.text)
    this.parts.report(exchange)
    if (typeof json.generated_text !== 'string') return
    noteDetails(asObject(json.details), exchange)
    exchange.finish()
  }

  document(json: unknown, exchange: Exchange): void {
    // Endpoints of Hugging Face answer with a list of one reply.
    const reply = documentObject(Array.isArray(json) ? json[0] : json, exchange)
    if (reply === undefined) return
    if (isErrorRecord(reply) || (reply.generated_text === undefined && statesFailure(reply))) {
      rejectForError(reply, exchange)
      return
    }
    if (typeof reply.generated_text !== 'string') {
      rejectShape('generated_text', exchange)
      return
    }
    this.parts.text = reply.generated_text
    this.parts.report(exchange)
    const details = asObject(reply.details)
    for (const token of asArray(details?.tokens)) noteToken(asObject(token), exchange)
    noteDetails(details, exchange)
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('generated_text', exchange)
  }
}

function noteToken(token: JsonObject | undefined, exchange: Exchange): void {
  if (typeof token?.logprob === 'number') exchange.logProb(token.logprob)
}

/** Stores finish reason and token counts. The details of a stream have both counts; a whole reply has that of the prompt in a header. */
function noteDetails(details: JsonObject | undefined, exchange: Exchange): void {
  if (details === undefined) return
  const stated = exchange.headers['x-prompt-tokens']
  const input = details.input_length ?? (stated === undefined ? undefined : Number(stated))
  const usage = normaliseUsage({ input_length: input, generated_tokens: details.generated_tokens })
  if (usage !== undefined) exchange.note({ usage })
  if (typeof details.finish_reason === 'string') noteFinish(details.finish_reason, details, exchange)
}
