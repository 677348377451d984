import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { UsageError } from '../../errors.ts'
import { CHAT_ROUTES } from '../chat/chat.ts'
import type { Delivery } from '../chat/delivery.ts'
import { type FormatRequest, MockRefusal } from '../chat/formats/format.ts'
import { findRoute, type MockRoute, routeName } from '../chat/index.ts'
import { planFault } from '../persona/faults.ts'
import { monotonicMs, Pacer } from '../persona/pace.ts'
import { type MockSettings, resolveSettings, withExtra } from '../persona/settings.ts'
import type { MockState } from '../state/state.ts'
import { answer, reject } from './answer.ts'

/** Largest request body, in bytes. */
const MAX_BODY = 16 * 1024 * 1024

/**
 * Answers one HTTP request to the mock, except control requests (`/__mock/…`, `/metrics`). Resolves when the whole reply has been written or the
 * client has disconnected; for the stream `/sse/events`, which stays open, when it has begun.
 */
export async function serve(state: MockState, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { record } = state
  const method = req.method ?? 'GET'
  const [path, query] = splitTarget(req.url ?? '/')
  const headers = flatten(req)
  const route = findRoute(method, path)
  const entry = record.begin({ method, path, query, headers, route: routeName(route) })
  const pacer = new Pacer()
  res.on('close', () => {
    pacer.stop()
    record.end(entry, monotonicMs(), !res.writableFinished)
  })
  const body = await readBody(req)
  record.received(entry, body ?? '', monotonicMs())
  const request = { method, path, query: new URLSearchParams(query), headers, body: body ?? '', memory: state.memory, k: entry.k }
  const settings = settingsFor(state, request)
  const base = { res, pacer, entry, record, work: state.work, prompts: state.prompts }
  if (settings instanceof MockRefusal) return reject(deliveryOf(base, state.settings), route, request, settings)
  const refusal = refusalOf(body, route, method, path)
  if (refusal) return reject(deliveryOf(base, settings), route, request, refusal)
  if (!route) return
  if (route.kind !== 'format') return answer(deliveryOf(base, settings), route, request, state.subscribers)
  if (!pacer.alive) return
  const free = await state.work.take(settings.slots, (left) => res.once('close', left))
  if (free === undefined) return
  res.once('close', free)
  if (res.destroyed) return free()
  await answer(deliveryOf(base, settings, settings.slots > 0 ? monotonicMs() : undefined), route, request, state.subscribers)
}

function deliveryOf(
  base: Pick<Delivery, 'res' | 'pacer' | 'entry' | 'record' | 'work' | 'prompts'>,
  settings: MockSettings,
  startedAt = base.entry.receivedAt ?? 0,
): Delivery {
  return { ...base, settings, fault: planFault(settings, base.entry.k), startMs: startedAt + settings.slowHeadersMs }
}

function refusalOf(
  body: string | undefined,
  route: MockRoute | undefined,
  method: string,
  path: string,
): MockRefusal | undefined {
  if (body === undefined) return new MockRefusal(413, `the body is larger than ${MAX_BODY} bytes, or did not arrive`)
  return route ? undefined : new MockRefusal(404, `no route for ${method} ${path}`)
}

/** Parses overrides of settings, a JSON object; its keys are checked when it is merged. @throws MockRefusal */
function parseOverrides(text: string): object {
  try {
    return z.looseObject({}).parse(JSON.parse(text))
  } catch (error) {
    throw new UsageError(`mock settings of a request must be a JSON object, not ${text}`, undefined, { cause: error })
  }
}

/** Returns the settings of a request: those of the server, overridden by those of its route, then by its `x-mock` header or `?mock=`. */
function settingsFor(state: MockState, { path, query, headers }: FormatRequest): MockSettings | MockRefusal {
  const own = headers['x-mock'] ?? query.get('mock')
  const ofRoute = Object.hasOwn(CHAT_ROUTES, path) ? CHAT_ROUTES[path] : undefined
  if (own === undefined || own === null) {
    return ofRoute ? resolveSettings(withExtra(state.overrides, ofRoute)) : state.settings
  }
  try {
    return resolveSettings(withExtra(state.overrides, { ...ofRoute, ...parseOverrides(own) }))
  } catch (error) {
    if (error instanceof UsageError) return new MockRefusal(400, error.message)
    throw error
  }
}

/** Splits a request target into path and query. `URL` would throw for a target such as `//x`. */
function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

function flatten({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

/** Resolves with the request body as text; with undefined when it is too large or the client disconnected before its end. */
async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of req) {
      size += chunk.length
      if (size <= MAX_BODY) chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks).toString('utf8')
}
