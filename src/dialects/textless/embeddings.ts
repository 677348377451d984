import type { ChatOptions, Dialect, Turn } from '../parts/dialect.ts'
import { asArray, asObject, mergeBody } from '../parts/json.ts'
import { textsOf } from '../parts/turns.ts'
import { TextlessDecoder, type TextlessReply } from './decoder.ts'

/**
 * The dialect (API format) of OpenAI's `POST /v1/embeddings`. A message is one input text, or several when it consists of several texts. Earlier
 * turns and the system prompt are not sent.
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
  decoder: () => new TextlessDecoder(VECTORS),
}

/** Describes the replies of an embeddings API: a list with one vector for each input. */
const VECTORS: TextlessReply = {
  list: 'data',
  isEntry: isVector,
  expected: 'vector in data[0].embedding',
  usage: ({ usage }) => usage,
}

/** True for an item of `data` with a vector: a list of numbers, or a Base64 text (`encoding_format: base64`). */
function isVector(entry: unknown): boolean {
  const vector = asObject(entry)?.embedding
  return (typeof vector === 'string' && vector !== '') || typeof asArray(vector)[0] === 'number'
}
