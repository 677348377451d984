/** Finds out which alternative of a union the author meant. zod only lists what is wrong with each. */
import { nearest } from '../../language/suggest.ts'
import { isMap } from '../../text/json.ts'
import { alternatives, member, requiredKeys, type Schema, shapeOf, valuesOf } from '../schema/schema-walk.ts'
import { parseWith } from './parse-with.ts'
import type { Issue } from './value.ts'

/** One alternative of a union in the scenario schema, and how well or badly a value fits it. */
export interface Branch {
  readonly schema: Schema
  readonly issues: readonly Issue[]
  /** True when the value has the right kind for the alternative: a map for a map, text for text. */
  readonly kindFits: boolean
  /** True when the value points to this alternative: it has a required key of it, perhaps misspelt, or its `type`. */
  readonly isMeant: boolean
  /** True when the value lacks the first required key of the alternative, which distinguishes it from the others. */
  readonly missesFirst: boolean
  /** How badly the value fits the alternative: 0 is a perfect fit, larger is worse. */
  readonly score: number
}

// A missing or unknown key counts most against an alternative, a misspelt key less, an error further inside least.
const COST = { key: 10, misspelt: 4, wrongKind: 11, inside: 3, literal: 20, kind: 1000 } as const

/** Returns the key of `schema` that is spelt most like the unknown `key`; undefined when none is close. Keys that `value` already has are left out. */
export function misspeltKey(key: string, value: unknown, schema: Schema): string | undefined {
  const free = Object.keys(shapeOf(schema) ?? {}).filter((name) => member(value, name) === undefined)
  return nearest(key, free)
}

function unknownKeys(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []))
}

function costInside(issue: Issue, value: unknown): number {
  const [first] = issue.path
  if (issue.code === 'unrecognized_keys')
    return issue.path.length === 0 ? 0 : (COST.inside * issue.keys.length) / issue.path.length
  if (first === undefined) return 0
  const inner = member(value, first)
  if (issue.path.length > 1) return COST.inside / issue.path.length
  if (inner === undefined) return 0
  const collection = (kind: string) => kind === 'object' || kind === 'array' || kind === 'record'
  if (issue.code === 'invalid_type')
    return collection(issue.expected) === (typeof inner === 'object') ? COST.inside : COST.wrongKind
  if (issue.code === 'invalid_union')
    return issue.errors.every((branch) => branch.some(rejectsKind)) ? COST.wrongKind : COST.inside
  return COST.inside
}

const rejectsKind = (issue: Issue) => issue.code === 'invalid_type' && issue.path.length === 0

function mapBranch(schema: Schema, issues: readonly Issue[], value: Record<string, unknown>): Branch {
  const missing = requiredKeys(schema).filter((key) => value[key] === undefined)
  const misspelt = new Set(unknownKeys(issues).flatMap((key) => misspeltKey(key, value, schema) ?? []))
  const unknown = unknownKeys(issues).length - misspelt.size
  const lost = missing.filter((key) => !misspelt.has(key)).length
  const shape = shapeOf(schema) ?? {}
  const literals = issues.filter(
    (issue) =>
      issue.code === 'invalid_value' && issue.path.length === 1 && valuesOf(shape[String(issue.path[0])] ?? schema)?.length === 1,
  )
  const inside = issues.reduce((sum, issue) => sum + (literals.includes(issue) ? 0 : costInside(issue, value)), 0)
  const isMeant = requiredKeys(schema).some((key) => value[key] !== undefined || misspelt.has(key))
  const score = COST.key * (unknown + lost) + COST.misspelt * misspelt.size + COST.literal * literals.length + inside
  return {
    schema,
    issues,
    kindFits: true,
    isMeant: (isMeant && literals.length === 0) || requiredKeys(schema).length === 0,
    missesFirst: missing[0] !== undefined && missing[0] === requiredKeys(schema)[0] && !misspelt.has(missing[0]),
    score,
  }
}

/** Computes how well a value fits one alternative of a union, given the errors that zod found. */
function toBranch(schema: Schema, issues: readonly Issue[], value: unknown): Branch {
  const wrongValue = issues.some((issue) => issue.code === 'invalid_value' && issue.path.length === 0)
  const kindFits =
    !issues.some(rejectsKind) && !(wrongValue && !(valuesOf(schema) ?? []).some((known) => typeof known === typeof value))
  if (!kindFits) return { schema, issues, kindFits, isMeant: false, missesFirst: false, score: COST.kind }
  if (shapeOf(schema) && isMap(value)) return mapBranch(schema, issues, value)
  const near = typeof value === 'string' && nearest(value, (valuesOf(schema) ?? []).map(String)) !== undefined
  const inside = issues.reduce((sum, issue) => sum + costInside(issue, value), 0)
  return { schema, issues, kindFits, isMeant: true, missesFirst: false, score: near ? 1 : COST.inside + inside }
}

/**
 * Returns all alternatives of a union schema, sorted by how well `value` fits them, the best first. Those to which the value points, for example by a
 * required key, come before all others.
 */
export function rankBranches(union: Schema, value: unknown): Branch[] {
  const branches = alternatives(union).map((schema) => toBranch(schema, parseWith(schema, value), value))
  return branches.sort((a, b) => Number(b.isMeant) - Number(a.isMeant) || a.score - b.score)
}

/** Returns the alternative of a union schema that `value` most likely means. */
export function meantBranch(union: Schema, value: unknown): Schema {
  return rankBranches(union, value)[0]?.schema ?? union
}
