import { compileResponse } from './generic/compile.ts'
import { GenericDecoder, TEXT_KEYS } from './generic/decode.ts'
import { encodeGeneric } from './generic/encode.ts'
import { type GenericMapping, genericMapping } from './generic/mapping.ts'
import type { Dialect } from './parts/dialect.ts'

/**
 * The dialect `generic`, for any other API. Mappings say where requests and replies hold their parts; without mappings it sends `{
 * "message": text }` and looks for the text under usual names.
 */
export const generic = {
  name: 'generic',
  describe: `Any JSON API, by mapping; without one: sends { "message": … }, reads the first of ${TEXT_KEYS.join(', ')}`,
  mapping: genericMapping,
  framing: 'sse',
  encode: encodeGeneric,
  decoder: (mapping: GenericMapping | undefined) => new GenericDecoder(compileResponse(mapping?.response)),
} satisfies Dialect<GenericMapping | undefined>
