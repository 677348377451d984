import * as z from 'zod'
import { lateObject } from '../../../fields.ts'
import { compileJsonPath, type JsonPath, JsonPathError } from '../../../language/jsonpath/jsonpath.ts'
import type { Incoming } from './incoming.ts'

/** Returns the schema of a JSONPath at which a value in a WebSocket message is read. */
export const readablePath = () =>
  z.string().refine((path) => path.includes('{{') || compiles(path), 'expected a path such as $.type')

/** Returns the schema of a JSONPath at which a value in a WebSocket message can be set; it consists of plain member names, such as `$.meta.id`. */
export const writablePath = () =>
  z.string().regex(/^(?:\$\.)?[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/, 'expected a path of names, such as $.id or $.meta.id')

/** The schema of a condition on WebSocket messages: `{ path, equals | exists | contains }`, or `{ contains }` for the whole text of the message. */
export const predicateSchema = lateObject(() => ({
  path: readablePath().optional().describe('A value in the message, which must be JSON; alone: it is there'),
  equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional().describe('The value at path is this'),
  exists: z.boolean().optional().describe('There is a value at path, or there is none'),
  contains: z.string().optional().describe('The text at path, or of the whole message, holds this'),
}))
  .refine(({ path, contains }) => path !== undefined || contains !== undefined, 'give path or contains')
  .refine(
    (asked) => asked.path !== undefined || (asked.equals === undefined && asked.exists === undefined),
    'equals and exists need a path',
  )
  .refine(
    ({ equals, exists, contains }) => [equals, exists, contains].filter((one) => one !== undefined).length <= 1,
    'give one of equals, exists and contains',
  )

/** A condition on WebSocket messages, as the scenario writes it. */
export type PredicateBlock = z.infer<typeof predicateSchema>

/** A compiled condition on WebSocket messages. It never throws: a value that cannot be looked up counts as missing. */
export type Predicate = (message: Incoming) => boolean

/**
 * Compiles a condition on WebSocket messages.
 * @throws JsonPathError when the path of the condition, in which templates were rendered, is not valid
 */
export function compilePredicate({ path, equals, exists, contains }: PredicateBlock): Predicate {
  if (path === undefined) return (message) => message.text.includes(contains ?? '')
  const compiled = compileJsonPath(path)
  if (equals !== undefined) return (message) => lookUp(compiled, message) === equals
  if (contains !== undefined) return (message) => textOf(lookUp(compiled, message)).includes(contains)
  return (message) => (lookUp(compiled, message) !== undefined) === (exists ?? true)
}

/** Returns the value at a path of a WebSocket message; undefined when there is none, or the message is not JSON. */
export function lookUp(path: JsonPath, message: Incoming): unknown {
  try {
    return path.first(message.json)
  } catch (error) {
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function compiles(path: string): boolean {
  try {
    compileJsonPath(path)
    return true
  } catch {
    return false
  }
}
