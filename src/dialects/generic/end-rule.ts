import type { Exchange } from '../../exchange.ts'
import { asObject, parseJson } from '../parts/json.ts'
import { compilePath, type ReplyPath, readPath } from '../parts/path.ts'
import type { EndMapping } from './mapping.ts'

/** The compiled `response.end` block of a target, which says what ends a streamed reply. It has no state, so one object serves all replies. */
export interface EndRule {
  /** True when the data of an event is the end marker and nothing else. */
  isMarker(data: string): boolean
  /** True when this event ends the reply. `isSocket` means that the connection stays open after a reply. */
  isLast(name: string, data: string, isSocket: boolean, exchange: Exchange): boolean
  /** True when a stream that has just closed is a complete reply, by the setting `response.end.after`. */
  closes(exchange: Exchange): boolean
}

const rules = new WeakMap<EndMapping, EndRule>()

/**
 * Compiles the `response.end` block of a target, which says what ends a streamed reply; undefined when the target has no such block. With `ownMarks`,
 * the decoder of the API format looks for the end marks in the events by itself; only the setting `response.end.after` is then compiled.
 */
export function endRuleOf(mapping: unknown, ownMarks: boolean): EndRule | undefined {
  // The schema has checked the block, and rendering its templates keeps its shape.
  const end = asObject(asObject(mapping)?.response)?.end as EndMapping | undefined
  if (end === undefined || (ownMarks && end.after === undefined)) return undefined
  const rule = rules.get(end) ?? makeRule(ownMarks ? { after: end.after } : end)
  rules.set(end, rule)
  return rule
}

/**
 * Returns whether a value that was read from an event at `response.end.path` ends the streamed reply. With `response.end.equals`, the value must
 * equal that setting; otherwise any value except null, false, 0 and '' ends the reply.
 */
export function endsWith(value: unknown, equals: EndMapping['equals']): boolean {
  return equals === undefined ? Boolean(value) : value === equals
}

function makeRule({ after, event, data: marker, path: written, equals }: EndMapping): EndRule {
  const path: ReplyPath | undefined = written === undefined ? undefined : compilePath(written)
  const hasCome = (exchange: Exchange) => COME[after ?? 'close'](exchange)
  return {
    isMarker: (data) => marker !== undefined && data.trim() === marker,
    isLast: (name, data, isSocket, exchange) =>
      (event !== undefined && name === event) ||
      (isSocket && after !== undefined && after !== 'close' && hasCome(exchange)) ||
      (path !== undefined && endsWith(readJson(path, data), equals)),
    closes: (exchange) => after !== undefined && hasCome(exchange),
  }
}

/** For each value of the setting `after`: tests whether the reply has what must come before its stream may close. */
const COME = {
  finish: ({ finishReason }: Exchange) => finishReason !== undefined,
  usage: ({ usage }: Exchange) => typeof usage?.outputTokens === 'number',
  close: () => true,
}

function readJson(path: ReplyPath, data: string): unknown {
  const parsed = parseJson(data)
  return parsed.ok ? readPath(path, parsed.value) : undefined
}
