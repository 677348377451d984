/** The registry of the mock's HTTP routes: API formats, plain routes and subscriptions. */

import { chat } from './chat.ts'
import type { ChatFormat } from './formats/format.ts'
import { FORMATS } from './formats.ts'
import { PLAIN_ROUTES, type PlainRoute } from './plain.ts'
import { sse } from './sse.ts'

/** All formats in which the mock answers: those of providers, and its own. */
const ALL_FORMATS: readonly ChatFormat[] = [...FORMATS, chat, sse]

/**
 * What answers at one path of the mock's HTTP server. `format` is an API that the mock imitates, or one of its own for chat; `plain` is a path with a
 * plain JSON answer, such as `/health`. `subscription` is one of two paths that belong together: clients post messages to `/sse/say`, and read the
 * replies from the stream `/sse/events`.
 */
export type MockRoute =
  | { readonly kind: 'format'; readonly format: ChatFormat }
  | { readonly kind: 'plain'; readonly plain: PlainRoute }
  | { readonly kind: 'subscription'; readonly part: 'events' | 'say' }

/** Returns the mock's route for an HTTP request; undefined when no route matches. */
export function findRoute(method: string, path: string): MockRoute | undefined {
  const format = ALL_FORMATS.find((candidate) => candidate.matches(method, path))
  if (format) return { kind: 'format', format }
  if (method === 'GET' && path === '/sse/events') return { kind: 'subscription', part: 'events' }
  if (method === 'POST' && path === '/sse/say') return { kind: 'subscription', part: 'say' }
  const plain = PLAIN_ROUTES.find((candidate) => candidate.matches(method, path))
  return plain && { kind: 'plain', plain }
}

/** Returns the name of a route in the mock's statistics; `unknown` for a request without a route. */
export function routeName(route: MockRoute | undefined): string {
  if (!route) return 'unknown'
  if (route.kind === 'subscription') return `sse-${route.part}`
  return route.kind === 'format' ? route.format.name : route.plain.name
}
