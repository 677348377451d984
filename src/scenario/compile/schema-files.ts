/** JSON Schemas of checks that stand in a file of their own. */
import { readConfinedJson } from '../../confined.ts'
import { compileJsonSchema, type ExpectItem } from '../../metrics/check/check.ts'

const KEYS = ['json-schema', 'not-json-schema'] as const
const ALL = [...KEYS, 'is-json', 'not-is-json'] as const
/** Largest file: somewhat more than a schema may have, as files are indented. */
const MAX_FILE = 256 * 1024

/** Whether a line holds a schema or names one: a schema is no template, whatever its patterns look like. */
export function holdsSchema(item: ExpectItem): boolean {
  return ALL.some((key) => typeof item[key] === 'object') || KEYS.some((key) => typeof item[key] === 'string')
}

/** The schema in a file of the scenario's folder. @throws UsageError when it cannot be read, or is no schema that can be used */
export function readSchema(baseDir: string, name: string): Readonly<Record<string, never>> {
  const schema = readConfinedJson(baseDir, name, MAX_FILE)
  compileJsonSchema(schema)
  return schema as Readonly<Record<string, never>> // `true` and `false` are schemas, too: the check compiles them as well
}

/** The line with the schema in the place of its file. @throws UsageError as above */
export function withSchema(item: ExpectItem, baseDir: string): ExpectItem {
  const read = KEYS.flatMap((key) => {
    const name = item[key]
    return typeof name === 'string' ? [[key, readSchema(baseDir, name)] as const] : []
  })
  return { ...item, ...Object.fromEntries(read) }
}
