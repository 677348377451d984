/** The API formats of the mock. A new one is a file in the folder beside this one and a line here. */
import { anthropic } from './formats/anthropic.ts'
import { azure } from './formats/azure.ts'
import { bedrock } from './formats/bedrock.ts'
import { cohere } from './formats/cohere.ts'
import { openaiCompletions } from './formats/completions.ts'
import type { ChatFormat } from './formats/format.ts'
import { gemini } from './formats/gemini.ts'
import { ollama, ollamaGenerate } from './formats/ollama.ts'
import { openaiChat } from './formats/openai-chat.ts'
import { openaiResponses } from './formats/responses.ts'
import { embeddings, rerank } from './formats/textless.ts'
import { tgiGenerate } from './formats/tgi.ts'
import { transcriptions } from './formats/transcriptions.ts'

/** All providers' APIs that the mock imitates. A request path belongs to at most one of them. */
export const FORMATS: readonly ChatFormat[] = [
  openaiChat,
  openaiCompletions,
  azure,
  openaiResponses,
  anthropic,
  gemini,
  ollama,
  ollamaGenerate,
  tgiGenerate,
  bedrock,
  cohere,
  embeddings,
  rerank,
  transcriptions,
]
