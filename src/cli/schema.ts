import { EXIT } from '../errors.ts'
import { resultJsonSchema } from '../result/json-schema.ts'
import { scenarioJsonSchema } from '../scenario/schema/json-schema.ts'

const SCHEMAS = ['scenario', 'result'] as const

/** Returns the JSON Schema of scenarios or results as text that ends in a line break. */
export function schemaText(name: (typeof SCHEMAS)[number]): string {
  return `${JSON.stringify(name === 'result' ? resultJsonSchema() : scenarioJsonSchema(), null, 2)}\n`
}

/** Runs `burn schema`: prints a JSON Schema on stdout; returns the exit code. */
export function schemaCommand(name: (typeof SCHEMAS)[number]): number {
  process.stdout.write(schemaText(name))
  return EXIT.ok
}
