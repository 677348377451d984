import * as z from 'zod'
import { createRandom } from '../../persona/random.ts'
import { promptTokens } from '../../persona/reply.ts'
import { type ChatFormat, type FormatRequest, readJson } from './format.ts'
import { openaiChat } from './openai-chat.ts'

const rerankBody = z.object({
  model: z.string().default('mock-model'),
  query: z.string().min(1),
  documents: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])).min(1),
  top_n: z.int().min(1).nullish(),
})

const PATHS = ['/rerank', '/v1/rerank', '/v2/rerank']

/** The mock's Rerank API, as Cohere, Jina and vLLM have it: `POST /v1/rerank`. The score of a document depends only on the document and the query. */
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
