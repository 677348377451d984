/** Compiles `onError` blocks, and fills in the defaults. */

import type { OnError, RetryBlock, RetryPolicy } from '../schema/errors.ts'
import type { ErrorPolicy } from './plan.ts'

const RETRY = { max: 3, delay: 1000, multiplier: 1.5, maxDelay: 30_000, jitter: true, retryAfter: true } as const

/** The default of `onError`: after a failed attempt the user goes on to the next step, and nothing is retried. */
export const SKIP: ErrorPolicy = { default: 'skip', retry: RETRY, rules: [] }

/**
 * Compiles an `onError` block. Retry settings that are missing come from `base`, the compiled `onError` of the level above (for a step, the
 * scenario). Without a block, returns `base`.
 */
export function compileOnError(block: OnError | undefined, base: ErrorPolicy): ErrorPolicy {
  if (block === undefined) return base
  const retry = mergeRetry(block.retry, base.retry)
  return {
    default: block.default,
    retry,
    rules: (block.rules ?? []).map((rule) => ({
      statuses: [rule.status ?? []].flat(),
      classes: [rule.class ?? []].flat(),
      codes: [rule.code ?? []].flat().map(String),
      do: rule.do,
      retry: mergeRetry(rule.retry, retry),
    })),
  }
}

function mergeRetry(own: RetryBlock | undefined, base: RetryPolicy): RetryPolicy {
  return { ...base, ...Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== undefined)) }
}
