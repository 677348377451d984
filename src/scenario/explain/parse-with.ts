/** Caches what zod finds wrong with a value, because choosing between alternatives asks for it again and again. */
import * as z from 'zod'
import type { Schema } from '../schema/schema-walk.ts'

const memory = new WeakMap<object, Map<Schema, readonly z.core.$ZodIssue[]>>()

/**
 * Checks a value against a schema and returns zod's errors; an empty list when it fits. Results are cached by object, so `value` must not change
 * afterwards.
 */
export function parseWith(schema: Schema, value: unknown): readonly z.core.$ZodIssue[] {
  const ask = () => z.core.safeParse(schema, value).error?.issues ?? []
  if (typeof value !== 'object' || value === null) return ask()
  const answers = memory.get(value) ?? new Map<Schema, readonly z.core.$ZodIssue[]>()
  memory.set(value, answers)
  const issues = answers.get(schema) ?? ask()
  answers.set(schema, issues)
  return issues
}
