import { EXIT } from '../errors.ts'
import { eventJsonSchema } from '../result/event.ts'
import { resultJsonSchema } from '../result/json-schema.ts'
import { searchJsonSchema } from '../result/search.ts'
import { suiteResultJsonSchema } from '../result/suite.ts'
import { scenarioJsonSchema } from '../scenario/schema/json-schema.ts'
import { configJsonSchema } from './defaults/schema.ts'
import { suiteJsonSchema } from './suite/file/schema.ts'

/** Returns the entries for the catalogue of SchemaStore, in which editors find the schema of a file by its name; only for files that people write. */
const catalog = () => [
  entry('burn scenario', 'burn-scenario', ['*.burn.yaml', '*.burn.yml', '*.burn.json'], scenarioJsonSchema()),
  entry('burn configuration', 'burn-config', ['burn.config.yaml', 'burn.config.yml'], configJsonSchema()),
]

const entry = (
  name: string,
  file: string,
  fileMatch: readonly string[],
  { description }: ReturnType<typeof configJsonSchema>,
) => ({
  name,
  description,
  fileMatch,
  url: `https://www.schemastore.org/${file}.json`,
})

const SCHEMAS = {
  scenario: scenarioJsonSchema,
  suite: suiteJsonSchema,
  'suite-result': suiteResultJsonSchema,
  result: resultJsonSchema,
  search: searchJsonSchema,
  event: eventJsonSchema,
  config: configJsonSchema,
  catalog,
}

/**
 * Returns the JSON Schema called `name`, such as `scenario` or `suite`, as text that ends in a line break. For `catalog`, returns the entries for
 * the catalogue of SchemaStore instead, in which editors look up schemas.
 */
export function schemaText(name: keyof typeof SCHEMAS): string {
  return `${JSON.stringify(SCHEMAS[name](), null, 2)}\n`
}

/** Runs `burn schema`: prints a JSON Schema on stdout; returns the exit code. */
export function schemaCommand(name: keyof typeof SCHEMAS): number {
  process.stdout.write(schemaText(name))
  return EXIT.ok
}
