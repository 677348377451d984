import { EXIT } from '../errors.ts'
import { eventJsonSchema } from '../result/event.ts'
import { resultJsonSchema } from '../result/json-schema.ts'
import { scenarioJsonSchema } from '../scenario/schema/json-schema.ts'
import { configJsonSchema } from './defaults/schema.ts'

const SCHEMAS = { scenario: scenarioJsonSchema, result: resultJsonSchema, event: eventJsonSchema, config: configJsonSchema }

/** Returns the JSON Schema of scenarios, results, events or the configuration as text that ends in a line break. */
export function schemaText(name: keyof typeof SCHEMAS): string {
  return `${JSON.stringify(SCHEMAS[name](), null, 2)}\n`
}

/** Runs `burn schema`: prints a JSON Schema on stdout; returns the exit code. */
export function schemaCommand(name: keyof typeof SCHEMAS): number {
  process.stdout.write(schemaText(name))
  return EXIT.ok
}
