/** Converts checks as promptfoo writes them, `{ type: contains, value: order }`, to burn's own form, `{ contains: order }`. */

/** Names of checks in promptfoo that burn calls differently, each with burn's name. */
const NAMES: Readonly<Record<string, string>> = {
  'finish-reason': 'finish',
  'not-finish-reason': 'not-finish',
  'max-tokens': 'tokens',
}

/** An item of an `expect` block in the form of promptfoo, such as `type: contains` with `value: order`. */
export interface TypedForm {
  readonly type?: string | undefined
  readonly value?: unknown
  readonly threshold?: number | undefined
  /** The checks of an `assert-set`. */
  readonly assert?: unknown
}

/** Converts promptfoo's name for a type of check to burn's, such as `finish-reason` to `finish`; other names are returned unchanged. */
export const keyOfType = (type: string) => (Object.hasOwn(NAMES, type) ? (NAMES[type] ?? type) : type)

/**
 * Converts an item of an `expect` block from promptfoo's form to burn's: `{ type: contains, value: x }` becomes `{ contains: x }`. A limit
 * (`threshold`) and nested checks (`assert`) become a part of the value. A type on its own, such as `{ type: is-json }`, gets the value `true`.
 */
export function readTyped<T extends TypedForm>({
  type,
  value,
  threshold,
  assert,
  ...rest
}: T): Readonly<Record<string, unknown>> {
  if (type === undefined) return rest
  if (type === 'assert-set') return { ...rest, [type]: { assert, ...(threshold === undefined ? {} : { threshold }) } }
  const key = keyOfType(type)
  return { ...rest, [key]: threshold === undefined ? (value ?? true) : withThreshold(key, value, threshold) }
}

function withThreshold(key: string, value: unknown, threshold: number): unknown {
  if (/^(not-)?levenshtein$/.test(key)) return { to: value, max: threshold }
  return value === undefined ? { threshold } : { to: value, threshold }
}
