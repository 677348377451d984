import { compilePath, type ReplyPath } from '../parts/path.ts'
import type { ResponseMapping } from './mapping.ts'
import { type Transform, transforms } from './transform.ts'

/** A response mapping with its paths compiled. */
export interface CompiledResponse {
  /** Path to the text of a whole reply (`delta`: to that of one event); undefined when the decoder has to guess. */
  readonly text: ReplyPath | undefined
  readonly delta: ReplyPath | undefined
  readonly reasoning: ReplyPath | undefined
  readonly toolCalls: ReplyPath | undefined
  readonly finish: ReplyPath | undefined
  readonly usage: CompiledUsage | undefined
  readonly error: ReplyPath
  /** True when the mapping has a path to the error. */
  readonly namesError: boolean
  readonly conversationId: ReplyPath | undefined
  readonly endEvent: string | undefined
  readonly endData: string | undefined
  readonly endPath: ReplyPath | undefined
  readonly endEquals: string | number | boolean | undefined
  /** True when the mapping names an event, a text or a value that ends the reply. */
  readonly hasEnd: boolean
  /** True when a reply without its end marker is incomplete. */
  readonly needsEnd: boolean
  readonly isHtml: boolean
  readonly transform: Transform
}

/** Compiled paths to the token counts of a reply; undefined for a count without a path. */
export interface CompiledUsage {
  readonly input: ReplyPath | undefined
  readonly cachedInput: ReplyPath | undefined
  readonly cacheWrite: ReplyPath | undefined
  readonly output: ReplyPath | undefined
  readonly reasoning: ReplyPath | undefined
}

const EMPTY: ResponseMapping = {}
const cache = new WeakMap<ResponseMapping, CompiledResponse>()

/** Compiles a response mapping. The result is cached per mapping object. */
export function compileResponse(mapping: ResponseMapping = EMPTY): CompiledResponse {
  const known = cache.get(mapping)
  if (known !== undefined) return known
  const made = compile(mapping)
  cache.set(mapping, made)
  return made
}

function compile(mapping: ResponseMapping): CompiledResponse {
  const { usage, end } = mapping
  return {
    text: optional(mapping.text),
    delta: optional(mapping.delta),
    reasoning: optional(mapping.reasoning),
    toolCalls: optional(mapping.toolCalls),
    finish: optional(mapping.finish),
    usage: usage && {
      input: optional(usage.input),
      cachedInput: optional(usage.cachedInput),
      cacheWrite: optional(usage.cacheWrite),
      output: optional(usage.output),
      reasoning: optional(usage.reasoning),
    },
    error: optional(mapping.error) ?? ['error'],
    namesError: mapping.error !== undefined,
    conversationId: optional(mapping.conversationId),
    endEvent: end?.event,
    endData: end?.data,
    endPath: optional(end?.path),
    endEquals: end?.equals,
    hasEnd: (end?.event ?? end?.data ?? end?.path) !== undefined,
    needsEnd: end !== undefined,
    isHtml: mapping.transform === 'html',
    transform: transforms[mapping.transform ?? 'none'],
  }
}

function optional(path: string | undefined): ReplyPath | undefined {
  return path === undefined ? undefined : compilePath(path)
}
