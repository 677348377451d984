import type { ChatOptions, Dialect, Turn } from '../parts/dialect.ts'
import { asObject, mergeBody } from '../parts/json.ts'
import { textsOf } from '../parts/turns.ts'
import { TextlessDecoder, type TextlessReply } from './decoder.ts'

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
  lacks: (kinds, body) =>
    kinds.filter((kind) => kind === 'text').length > 1 || body?.documents !== undefined
      ? undefined
      : [
          'documents',
          'such as message: [ { text: the query }, { text: a document } ], or body: { documents: [ … ] } in the target',
        ],
  encode(turns: readonly Turn[], options: ChatOptions): unknown {
    const last = turns.at(-1)
    const [query = '', ...documents] = last ? textsOf(last) : []
    return mergeBody({ model: options.model, query, documents: documents.length > 0 ? documents : undefined }, options.body)
  },
  decoder: () => new TextlessDecoder(SCORES),
}

/** Describes the replies of a rerank API: a list with one score for each document. */
const SCORES: TextlessReply = {
  list: 'results',
  isEntry: isScored,
  expected: 'relevance_score in results[0]',
  usage: ({ usage, meta }) => usage ?? asObject(meta)?.tokens,
}

function isScored(entry: unknown): boolean {
  const result = asObject(entry)
  return typeof result?.index === 'number' && typeof result.relevance_score === 'number'
}
