/** `response.end` of a target: what ends a streamed reply, beside the marker of its dialect. */
import type { Exchange } from '../../exchange.ts'
import { asObject, parseJson } from '../parts/json.ts'
import { compilePath, type ReplyPath, readPath } from '../parts/path.ts'
import type { EndMapping } from './mapping.ts'

/** The rule of one target; it holds nothing of a reply. */
export interface EndRule {
  /** The data of an event is the end marker, and nothing else. */
  isMarker(data: string): boolean
  /** The event that was just read is the last one. `isSocket`: what carries it does not close with the reply. */
  isLast(name: string, data: string, isSocket: boolean, exchange: Exchange): boolean
  /** The stream has closed: that was its end. */
  closes(exchange: Exchange): boolean
}

const rules = new WeakMap<EndMapping, EndRule>()

/** The rule that a mapping block holds; undefined when it has none. Made once for each block. `ownMarks`: the dialect looks for marks of the mapping itself. */
export function endRuleOf(mapping: unknown, ownMarks: boolean): EndRule | undefined {
  // The schema has checked the block, and rendering keeps its shape.
  const end = asObject(asObject(mapping)?.response)?.end as EndMapping | undefined
  if (end === undefined || (ownMarks && end.after === undefined)) return undefined
  const rule = rules.get(end) ?? makeRule(ownMarks ? { after: end.after } : end)
  rules.set(end, rule)
  return rule
}

/** Whether the value at `end.path` ends a reply: what it has to equal, or anything but nothing, false, 0 and ''. */
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

/** What must have come before a stream may close. */
const COME = {
  finish: ({ finishReason }: Exchange) => finishReason !== undefined,
  usage: ({ usage }: Exchange) => typeof usage?.outputTokens === 'number',
  close: () => true,
}

function readJson(path: ReplyPath, data: string): unknown {
  const parsed = parseJson(data)
  return parsed.ok ? readPath(path, parsed.value) : undefined
}
