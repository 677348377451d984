import type { Exchange } from '../../exchange.ts'
import { asObject, type JsonObject, parseJson, sample } from './json.ts'
import { rejectForError } from './provider-error.ts'

/**
 * Parses the data of one event of a reply to a JSON object. When the data is not a JSON object, it fails the exchange (the record of request and
 * reply) and returns undefined. An event without data only adds a warning and returns undefined as well, unless its name is `error`.
 */
export function parseEvent(name: string, data: string, exchange: Exchange): JsonObject | undefined {
  const parsed = parseJson(data)
  const object = parsed.ok ? asObject(parsed.value) : undefined
  if (object !== undefined) return object
  if (name === 'error') rejectForError({ message: data.trim() || 'an error event without data' }, exchange)
  // some servers send events without data to keep the connection open
  else if (data.trim() === '') exchange.warnOnce('empty_event')
  else exchange.reject('bad_json', `an event is not a JSON object: ${parsed.ok ? '' : `${parsed.reason}: `}${sample(data)}`)
  return undefined
}

/**
 * Returns a reply that was parsed as one JSON document, if it is an object. Otherwise fails the exchange (the record of request and reply) with the
 * class `bad_json` and returns undefined.
 */
export function documentObject(json: unknown, exchange: Exchange): JsonObject | undefined {
  const object = asObject(json)
  if (object === undefined) exchange.reject('bad_json', 'the reply is not a JSON object')
  return object
}

/** Fails an exchange (request and reply) because the reply lacks a part that the API format requires; `expected` names it in the error message. */
export function rejectShape(expected: string, exchange: Exchange): void {
  exchange.reject('bad_json', `the reply is JSON, but has no ${expected}: is this the right dialect for the target?`)
}

/** Fails an exchange (request and reply) because the stream ended without the API format's end marker; `marker` names it in the error message. */
export function rejectOpenEnd(marker: string, exchange: Exchange): void {
  const { finishReason } = exchange
  const finish = finishReason === undefined ? '' : `, though it had a finish reason (${finishReason})`
  exchange.reject('closed_early', `the stream ended without ${marker}${finish}`)
}

/** True when the data of an event is `[DONE]`, the end marker of OpenAI's streams. */
export function isDone(data: string): boolean {
  return data.charCodeAt(0) === 0x5b && data.trim() === '[DONE]'
}

/** True when the reply came over gRPC. Such a reply needs no end marker, since the connector checks the final status of the call. */
export function isGrpc({ headers }: Exchange): boolean {
  return headers['content-type']?.startsWith('application/grpc') ?? false
}
