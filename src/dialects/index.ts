/** The registry of dialects. A new dialect is a file in this folder and a line here. */
import { anthropic } from './anthropic.ts'
import { bedrock } from './bedrock.ts'
import { cohere } from './cohere.ts'
import { gemini } from './gemini.ts'
import { generic } from './generic.ts'
import { ollama, ollamaGenerate } from './ollama.ts'
import { openaiChat, openaiCompletions } from './openai-chat.ts'
import type { Dialect } from './parts/dialect.ts'
import { responses } from './responses.ts'
import { embeddings } from './textless/embeddings.ts'
import { rerank } from './textless/rerank.ts'
import { tgiGenerate } from './tgi.ts'
import { transcriptions } from './transcriptions.ts'

/** All API formats (dialects), by the name that a target gives in `dialect:`. */
export const dialects = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': responses,
  anthropic,
  gemini,
  ollama,
  'ollama-generate': ollamaGenerate,
  'tgi-generate': tgiGenerate,
  cohere,
  'bedrock-converse': bedrock,
  'openai-embeddings': embeddings,
  rerank,
  'openai-transcriptions': transcriptions,
  generic,
} satisfies Record<string, Dialect>

/** The name of an API format (dialect) that burn has built in. */
export type DialectName = keyof typeof dialects

/** Returns the API format (dialect) with this name; undefined when there is none. */
export function dialectNamed(name: string): Dialect | undefined {
  return Object.hasOwn(dialects, name) ? dialects[name as DialectName] : undefined // the key was just checked
}
