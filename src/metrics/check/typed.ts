/** Checks as promptfoo writes them, `{ type: contains, value: order }`, in our own form, `{ contains: order }`. */

/** Names there that are others here. */
const NAMES: Readonly<Record<string, string>> = { 'finish-reason': 'finish', 'not-finish-reason': 'not-finish' }

/** The three keys of that form. */
interface TypedForm {
  readonly type?: string | undefined
  readonly value?: unknown
  readonly threshold?: number | undefined
}

/** The key that a type stands for. */
export const keyOfType = (type: string) => (Object.hasOwn(NAMES, type) ? (NAMES[type] ?? type) : type)

/** The same line with the type as its key; the rest as it is. A check that needs no value gets `true`. */
export function readTyped<T extends TypedForm>({ type, value, threshold, ...rest }: T): Readonly<Record<string, unknown>> {
  if (type === undefined) return rest
  const key = keyOfType(type)
  return { ...rest, [key]: threshold === undefined ? (value ?? true) : withThreshold(key, value, threshold) }
}

function withThreshold(key: string, value: unknown, threshold: number): unknown {
  if (/^(not-)?levenshtein$/.test(key)) return { to: value, max: threshold }
  return value === undefined ? { threshold } : { to: value, threshold }
}
