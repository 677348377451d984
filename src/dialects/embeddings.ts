import type { Exchange } from '../exchange.ts'
import type { ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, parseEvent, rejectShape } from './parts/events.ts'
import { asArray, asObject, mergeBody } from './parts/json.ts'
import { isErrorRecord, rejectForError, statesFailure } from './parts/provider-error.ts'
import { noteInputTokens, textsOf } from './parts/turns.ts'

/**
 * The dialect (API format) of OpenAI's `POST /v1/embeddings`. A message is one input text; a message of parts has one input for each of its texts.
 * Earlier turns and the system prompt are not sent.
 */
export const embeddings: Dialect = {
  name: 'openai-embeddings',
  describe: 'OpenAI Embeddings (/v1/embeddings) and compatible servers; each text of a message is an input',
  framing: 'json',
  isTextless: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const last = turns.at(-1)
    return mergeBody({ model: options.model, input: last?.parts ? textsOf(last) : last?.content }, options.body)
  },
  decoder: () => new EmbeddingsDecoder(),
}

class EmbeddingsDecoder implements Decoder {
  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json !== undefined) this.document(json, exchange)
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    const vectors = asArray(reply.data)
    if (isErrorRecord(reply) || (reply.data === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (vectors.length === 0 || !vectors.every(isVector)) rejectShape('vector in data[0].embedding', exchange)
    else noteInputTokens(reply.usage, exchange)
  }

  end(): void {
    // A document is complete when the transport says so.
  }
}

/** True for an entry with a vector: a list of numbers, or these as Base64 (`encoding_format: base64`). */
function isVector(entry: unknown): boolean {
  const vector = asObject(entry)?.embedding
  return (typeof vector === 'string' && vector !== '') || typeof asArray(vector)[0] === 'number'
}
