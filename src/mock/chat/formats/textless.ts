/** The mock's APIs whose replies hold no text: embeddings and rerank. */
import * as z from 'zod'
import { createRandom } from '../../persona/random.ts'
import { promptTokens } from '../../persona/reply.ts'
import { type ChatFormat, type FormatRequest, readJson } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** The number of dimensions of an embedding vector, unless the request sets it. */
const DIMENSIONS = 8

const embeddingsBody = z.object({
  model: z.string().default('mock-model'),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().min(1).max(4096).default(DIMENSIONS),
})

/** The mock's OpenAI Embeddings API: `POST /v1/embeddings`. The vector of a text depends only on the text and the number of dimensions. */
export const embeddings: ChatFormat = {
  ...openaiChat,
  name: 'openai-embeddings',
  matches: (method, path) => method === 'POST' && path === '/v1/embeddings',
  ask(request: FormatRequest) {
    const { model, input, encoding_format: encoding, dimensions } = readJson(request.body, embeddingsBody)
    const texts = [input].flat()
    const tokens = promptTokens(texts.map((text) => ({ role: 'user', text })))
    return {
      turns: texts.map((text) => ({ role: 'user', text })),
      // Nothing is generated: the reply comes when a first token would.
      limit: 0,
      framing: undefined,
      frames: () => [],
      whole: () => ({
        object: 'list',
        data: texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, dimensions, encoding) })),
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      }),
    }
  },
}

/** Returns the embedding vector of a text, which has the length 1 like OpenAI's: as numbers, or as their bytes (32-bit little-endian) in Base64. */
function vectorOf(text: string, dimensions: number, encoding: 'float' | 'base64'): number[] | string {
  const random = createRandom('embedding', text)
  const drawn = Array.from({ length: dimensions }, () => random() * 2 - 1)
  const length = Math.hypot(...drawn)
  const vector = drawn.map((value) => value / length)
  return encoding === 'float' ? vector : Buffer.from(new Float32Array(vector).buffer).toString('base64')
}

const rerankBody = z.object({
  model: z.string().default('mock-model'),
  query: z.string().min(1),
  documents: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])).min(1),
  top_n: z.int().min(1).nullish(),
})

const PATHS = ['/rerank', '/v1/rerank', '/v2/rerank']

/**
 * The mock's Rerank API, as Cohere, Jina and vLLM have it: `POST /v1/rerank`, `/v2/rerank` or `/rerank`. The score of a document depends only on the
 * document and the query.
 */
export const rerank: ChatFormat = {
  ...openaiChat,
  name: 'rerank',
  matches: (method, path) => method === 'POST' && PATHS.includes(path),
  ask(request: FormatRequest) {
    const { model, query, documents, top_n: top } = readJson(request.body, rerankBody)
    const texts = documents.map((document) => (typeof document === 'string' ? document : document.text))
    const turns = [query, ...texts].map((text) => ({ role: 'user' as const, text }))
    const tokens = promptTokens(turns)
    const scored = texts
      .map((text, index) => ({ index, relevance_score: createRandom('rerank', query, text)() }))
      .sort((a, b) => b.relevance_score - a.relevance_score)
    return {
      turns,
      // Nothing is generated: the reply comes when a first token would.
      limit: 0,
      framing: undefined,
      frames: () => [],
      whole: () => ({
        id: `rerank-mock-${request.k}`,
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
        results: scored.slice(0, top ?? scored.length),
      }),
    }
  },
}
