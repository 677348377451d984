/** The control routes `/__mock/…` for tests that use the mock: statistics, log, reset and settings; and the page `/metrics`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { UsageError } from '../../errors.ts'
import { type MockState, resetState, statsOf, updateState } from '../state/state.ts'

const PREFIX = '/__mock/'

/** Matches the URL of the page with the mock's metrics, which has the same path as on model servers. */
const METRICS = /^\/metrics(?:\?|$)/

/** True for the URL of a control request to the mock (`/__mock/…`, `/metrics`). */
export function isControl(url: string | undefined): boolean {
  return url !== undefined && (url.startsWith(PREFIX) || METRICS.test(url))
}

/**
 * Answers a control request to the mock (`/__mock/…`, `/metrics`), which reads or changes the mock's state. Control requests are never counted,
 * delayed or made to fail.
 */
export async function control(state: MockState, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (METRICS.test(req.url ?? '')) {
    res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    res.end(state.work.metrics(state.settings.slots))
    return
  }
  const { status, body } = await controlAnswer(state, req)
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(body))
}

async function controlAnswer(state: MockState, req: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const [path = '', query] = (req.url ?? '').split('?')
  switch (`${req.method} ${path.slice(PREFIX.length)}`) {
    case 'GET stats':
      return { status: 200, body: statsOf(state) }
    case 'GET log':
      return { status: 200, body: state.record.last(lastOf(query)) }
    case 'GET settings':
      return { status: 200, body: state.settings }
    case 'POST settings':
      return update(state, await text(req))
    case 'POST reset':
      resetState(state)
      return { status: 200, body: statsOf(state) }
    default:
      return {
        status: 404,
        body: { error: `no ${req.method} ${path}; there are GET stats, log, settings and POST settings, reset` },
      }
  }
}

function lastOf(query: string | undefined): number | undefined {
  const last = new URLSearchParams(query).get('last')
  return last !== null && /^\d+$/.test(last) ? Number(last) : undefined
}

function update(state: MockState, body: string): { status: number; body: unknown } {
  try {
    updateState(state, JSON.parse(body))
    return { status: 200, body: state.settings }
  } catch (error) {
    if (error instanceof UsageError || error instanceof SyntaxError) return { status: 400, body: { error: error.message } }
    throw error
  }
}
