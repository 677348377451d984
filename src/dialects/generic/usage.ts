import type { Usage } from '../../exchange.ts'
import { type ReplyPath, readPath } from '../parts/path.ts'
import { normaliseUsage, type UsageContext } from '../parts/usage.ts'
import type { CompiledUsage } from './compile.ts'

/**
 * Returns the token counts of a received reply, read at the paths in `response.usage` of the scenario; undefined when none of the paths leads to a
 * number.
 */
export function mappedUsage(paths: CompiledUsage, json: unknown, context: UsageContext): Usage | undefined {
  const at = (path: ReplyPath | undefined): unknown => (path === undefined ? undefined : readPath(path, json))
  return normaliseUsage(
    {
      prompt_tokens: at(paths.input),
      prompt_tokens_details: { cached_tokens: at(paths.cachedInput), cache_write_tokens: at(paths.cacheWrite) },
      completion_tokens: at(paths.output),
      completion_tokens_details: { reasoning_tokens: at(paths.reasoning) },
    },
    context,
  )
}
