/** The scenario schema as JSON Schema, for editors and other programs. */
import * as z from 'zod'
import { type JsonSchema, shareParts } from './json-schema-parts.ts'
import { scenarioSchema } from './schema.ts'

/** The id of the JSON Schema. It is only a name; the schema cannot be fetched from it. */
const SCHEMA_ID = 'urn:burn:schema:scenario:1'

/**
 * Returns the JSON Schema (draft 2020-12) of a scenario file. Rules that involve several keys, such as that a step names an existing target, are not
 * in it; `burn validate` checks these.
 */
export function scenarioJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      titleForms(jsonSchema)
      showCode(jsonSchema)
    },
  })
  const { $schema, description, ...rest } = shareParts(schema)
  return { $schema, $id: SCHEMA_ID, title: 'burn scenario', description, ...rest }
}

/** Adds `markdownDescription` to parts whose description contains code, because editors show plain descriptions literally. */
function showCode(schema: JsonSchema): void {
  if (typeof schema.description === 'string' && schema.description.includes('`')) schema.markdownDescription = schema.description
}

/** Gives each form of a union a title for editors: the names of its required keys. */
function titleForms(schema: JsonSchema): void {
  const forms = schema.anyOf ?? schema.oneOf
  if (!Array.isArray(forms)) return
  for (const form of forms) {
    if (Array.isArray(form.required) && form.required.length > 0) form.title ??= form.required.join(', ')
  }
}
