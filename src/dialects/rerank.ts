import type { Exchange } from '../exchange.ts'
import type { ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, parseEvent, rejectShape } from './parts/events.ts'
import { asArray, asObject, mergeBody } from './parts/json.ts'
import { isErrorRecord, rejectForError, statesFailure } from './parts/provider-error.ts'
import { noteInputTokens, textsOf } from './parts/turns.ts'

/**
 * The dialect (API format) of `POST /v1/rerank` and `/v2/rerank`, as Cohere, Jina, vLLM and llama.cpp have it. The first text of a message is the
 * query, the other texts are the documents; with a single text, the documents come from `body` of the target.
 */
export const rerank: Dialect = {
  name: 'rerank',
  describe:
    'Rerank (/v1/rerank, /v2/rerank) of Cohere, Jina, vLLM, llama.cpp: the first text is the query, the others the documents',
  framing: 'json',
  isTextless: true,
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const last = turns.at(-1)
    const [query = '', ...documents] = last ? textsOf(last) : []
    return mergeBody({ model: options.model, query, documents: documents.length > 0 ? documents : undefined }, options.body)
  },
  decoder: () => new RerankDecoder(),
}

class RerankDecoder implements Decoder {
  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json !== undefined) this.document(json, exchange)
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    const results = asArray(reply.results)
    if (isErrorRecord(reply) || (reply.results === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (results.length === 0 || !results.every(isScored)) rejectShape('relevance_score in results[0]', exchange)
    else noteInputTokens(reply.usage ?? asObject(reply.meta)?.tokens, exchange)
  }

  end(): void {
    // A document is complete when the transport says so.
  }
}

function isScored(entry: unknown): boolean {
  const result = asObject(entry)
  return typeof result?.index === 'number' && typeof result.relevance_score === 'number'
}
