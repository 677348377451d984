/**
 * Converts texts from the environment. In `users: ${env.USERS}`, the value is a text until the schema demands a number. Where text does not fit, a
 * value that consists of one reference becomes a number or boolean; if the variable was not looked up, a fitting value takes its place.
 */

import { newMap } from '../../text/json.ts'
import type { Reference } from '../read/plain-value.ts'
import type { Path } from '../read/source/source.ts'
import { member, type Schema, valuesOf, walkSchema } from '../schema/schema-walk.ts'
import { parseWith } from './parse-with.ts'
import { meantBranch } from './union.ts'

const STAND_INS = ['value', 'http://127.0.0.1/', 1, true, '1s', '1/s', '1KiB', 'errors ratio < 1%', '$.value']

const fits = (schema: Schema, value: unknown) => parseWith(schema, value).length === 0

/** Converts a text to a number or boolean; undefined when the number would be written differently, as for "007". */
function asScalar(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return text !== '' && Number.isFinite(number) && String(number) === text ? number : undefined
}

function adapted(schema: Schema, text: unknown, kind: Reference['kind']): unknown {
  if (typeof text !== 'string' || fits(schema, text)) return text
  if (kind === 'whole') {
    const scalar = asScalar(text)
    return scalar !== undefined && fits(schema, scalar) ? scalar : text
  }
  const candidates = [...STAND_INS, ...(valuesOf(schema) ?? [])]
  const found = candidates.find((candidate) => fits(schema, candidate))
  return found === undefined ? text : found
}

/** Returns a copy in which the value at a path is replaced. Parts that are not on the path are shared with the original. */
function withValue(value: unknown, [step, ...rest]: Path, replacement: unknown): unknown {
  if (step === undefined) return replacement
  if (typeof value !== 'object' || value === null) return value
  const inner = withValue(member(value, step), rest, replacement)
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? inner : item))
  return Object.assign(newMap(), value, { [step]: inner })
}

/**
 * Returns a scenario in which texts that come from `${env.NAME}` are converted to numbers or booleans where the schema requires these. If the
 * variable was not looked up, a value that fits takes the place of its text. `references` holds the paths of the texts.
 */
export function adaptValues(value: unknown, references: readonly Reference[], schema: Schema): unknown {
  return references.reduce((current, { path, kind }) => {
    const at = walkSchema(schema, current, path, meantBranch)
    const better = at.schema === undefined ? at.value : adapted(at.schema, at.value, kind)
    return better === at.value ? current : withValue(current, path, better)
  }, value)
}
