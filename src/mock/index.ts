/** The registry of routes: one entry for each API format and each plain route. */

import { chat } from './chat/chat.ts'
import { anthropic } from './chat/formats/anthropic.ts'
import { azure } from './chat/formats/azure.ts'
import { openaiCompletions } from './chat/formats/completions.ts'
import type { ChatFormat } from './chat/formats/format.ts'
import { gemini } from './chat/formats/gemini.ts'
import { ollama, ollamaGenerate } from './chat/formats/ollama.ts'
import { openaiChat } from './chat/formats/openai-chat.ts'
import { openaiResponses } from './chat/formats/responses.ts'
import { PLAIN_ROUTES, type PlainRoute } from './chat/plain.ts'
import { sse } from './chat/sse.ts'

/** All API formats; the paths of no two overlap. */
const FORMATS: readonly ChatFormat[] = [
  openaiChat,
  openaiCompletions,
  azure,
  openaiResponses,
  anthropic,
  gemini,
  ollama,
  ollamaGenerate,
  chat,
  sse,
]

/** What serves a request. */
export type MockRoute =
  | { readonly kind: 'format'; readonly format: ChatFormat }
  | { readonly kind: 'plain'; readonly plain: PlainRoute }
  | { readonly kind: 'subscription'; readonly part: 'events' | 'say' }

/** The route of a request, or undefined when there is none. */
export function findRoute(method: string, path: string): MockRoute | undefined {
  const format = FORMATS.find((candidate) => candidate.matches(method, path))
  if (format) return { kind: 'format', format }
  if (method === 'GET' && path === '/sse/events') return { kind: 'subscription', part: 'events' }
  if (method === 'POST' && path === '/sse/say') return { kind: 'subscription', part: 'say' }
  const plain = PLAIN_ROUTES.find((candidate) => candidate.matches(method, path))
  return plain && { kind: 'plain', plain }
}

/** Name of a route in the counts. */
export function routeName(route: MockRoute | undefined): string {
  if (!route) return 'unknown'
  if (route.kind === 'subscription') return `sse-${route.part}`
  return route.kind === 'format' ? route.format.name : route.plain.name
}
