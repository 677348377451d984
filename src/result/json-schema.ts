import * as z from 'zod'
import { resultSchema } from './schema.ts'

/** Returns the JSON Schema (draft 2020-12) of `result.json`, for programs that read results. Later versions of burn may add keys. */
export function resultJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(resultSchema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, title: 'burn result', description: 'What a run measured: result.json', ...schema }
}
