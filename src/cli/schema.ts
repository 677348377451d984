/** `burn schema`: JSON Schema for editors and for programs that read results. */
import { EXIT } from '../errors.ts'
import { resultJsonSchema } from '../result/json-schema.ts'
import { scenarioJsonSchema } from '../scenario/schema/json-schema.ts'

const SCHEMAS = ['scenario', 'result'] as const

/** Text of a JSON Schema, as the committed file holds it. */
export function schemaText(name: (typeof SCHEMAS)[number]): string {
  return `${JSON.stringify(name === 'result' ? resultJsonSchema() : scenarioJsonSchema(), null, 2)}\n`
}

/** Prints one of them on stdout. */
export function schemaCommand(name: (typeof SCHEMAS)[number]): number {
  process.stdout.write(schemaText(name))
  return EXIT.ok
}
