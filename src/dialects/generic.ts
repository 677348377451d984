import { compileResponse } from './generic/compile.ts'
import { GenericDecoder, TEXT_KEYS } from './generic/decode.ts'
import { encodeGeneric } from './generic/encode.ts'
import { type GenericMapping, genericMapping } from './generic/mapping.ts'
import type { Dialect } from './parts/dialect.ts'

/**
 * The dialect `generic`, for APIs that burn has no dialect for. The scenario's mappings say where requests and replies hold their parts. Without
 * mappings, the request is `{ "message": text }`, and the reply's text is read from keys with common names, such as `reply` or `content`.
 */
export const generic = {
  name: 'generic',
  describe: `Any JSON API, by mapping; without one: sends { "message": … }, reads the first of ${TEXT_KEYS.join(', ')}`,
  mapping: genericMapping,
  framing: 'sse',
  encode: encodeGeneric,
  decoder: (mapping: GenericMapping | undefined) => new GenericDecoder(compileResponse(mapping?.response)),
} satisfies Dialect<GenericMapping | undefined>
