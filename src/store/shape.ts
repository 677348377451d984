/** Checks that a value read from a file has the parts that its type promises. */

/** `number?` and `string?` may be null; `[shape]` is a list; `optional` may be missing. */
export type Shape =
  | 'string'
  | 'string?'
  | 'number'
  | 'number?'
  | 'boolean'
  | readonly [Shape]
  | { readonly oneOf: readonly string[] }
  | { readonly map: Shape }
  | { readonly optional: Shape }
  | { readonly nullable: Shape }
  | { readonly object: Readonly<Record<string, Shape>> }

/** A record with these fields; unknown extra ones are fine. */
export const object = (fields: Readonly<Record<string, Shape>>) => ({ object: fields })
/** Several fields of one type. */
export const all = <Type extends Shape>(type: Type, ...names: string[]): Record<string, Type> =>
  Object.fromEntries(names.map((name) => [name, type]))

/** One of these words. */
export const oneOf = (...words: string[]) => ({ oneOf: words })
/** The path of the first part that does not fit, such as `steps.0.counts.ok`; undefined when all fit. */
export function misfit(value: unknown, shape: Shape, path = ''): string | undefined {
  const here = path === '' ? '(the whole)' : path
  if (typeof shape === 'string') return fitsPlain(value, shape) ? undefined : here
  if ('oneOf' in shape) return typeof value === 'string' && shape.oneOf.includes(value) ? undefined : here
  if ('optional' in shape) return value === undefined ? undefined : misfit(value, shape.optional, path)
  if ('nullable' in shape) return value === null ? undefined : misfit(value, shape.nullable, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== isList(shape)) return here
  return misfitInside(value, shape, path)
}

function fitsPlain(value: unknown, shape: string): boolean {
  return shape.endsWith('?') ? value === null || typeof value === shape.slice(0, -1) : typeof value === shape
}

type Compound = readonly [Shape] | { readonly map: Shape } | { readonly object: Readonly<Record<string, Shape>> }

function isList(shape: Compound): shape is readonly [Shape] {
  return Array.isArray(shape)
}

function misfitInside(value: object, shape: Compound, path: string): string | undefined {
  for (const [key, part, partShape] of parts(value, shape)) {
    const found = misfit(part, partShape, path === '' ? key : `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function parts(value: object, shape: Compound): [string, unknown, Shape][] {
  if (!isList(shape) && 'object' in shape) {
    const fields = new Map<string, unknown>(Object.entries(value))
    return Object.entries(shape.object).map(([key, part]) => [key, fields.get(key), part])
  }
  const each = isList(shape) ? shape[0] : shape.map
  return Object.entries(value).map(([key, part]) => [key, part, each])
}
