import { compilePath, type ReplyPath } from '../parts/path.ts'
import type { ResponseMapping } from './mapping.ts'
import { transforms } from './transform.ts'

/** A compiled `response:` mapping: the paths to the text, the token counts and the other parts of a reply. Parts without a path are undefined. */
export type CompiledResponse = Readonly<ReturnType<typeof compile>>

/** The compiled paths to the token counts of a reply; undefined for each count that the `response:` mapping does not name. */
export type CompiledUsage = NonNullable<CompiledResponse['usage']>

const EMPTY: ResponseMapping = {}
const cache = new WeakMap<ResponseMapping, CompiledResponse>()

/**
 * Compiles the `response:` block of a target, which names the paths at which a reply holds its text, token counts and so on. Calls with the same
 * block object return the same result.
 */
export function compileResponse(mapping: ResponseMapping = EMPTY): CompiledResponse {
  const known = cache.get(mapping)
  if (known !== undefined) return known
  const made = compile(mapping)
  cache.set(mapping, made)
  return made
}

function compile(mapping: ResponseMapping) {
  const { usage, end } = mapping
  return {
    /** Path to the text of a whole reply (`delta`: to that of one event); undefined when the decoder has to guess. */
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
    /** True when the mapping says which event, text or value ends a streamed reply. */
    hasEnd: (end?.event ?? end?.data ?? end?.path) !== undefined,
    /** True when a streamed reply without the end marker counts as incomplete. */
    needsEnd: end !== undefined,
    isHtml: mapping.transform === 'html',
    transform: transforms[mapping.transform ?? 'none'],
  }
}

function optional(path: string | undefined): ReplyPath | undefined {
  return path === undefined ? undefined : compilePath(path)
}
