/** Reads the JSON Schemas of checks that are in files of their own. */
import { readConfinedJson } from '../../../confined.ts'
import { UsageError } from '../../../errors.ts'
import { compileJsonSchema, type ExpectItem, JsonSchemaError } from '../../../metrics/check/check.ts'
import { E_FILE } from '../../problems/files/E_FILE.ts'
import type { Finding } from '../../read/source/finding.ts'
import type { Path } from '../../read/source/source.ts'
import { mapAt } from '../../schema/written-steps.ts'

const KEYS = ['json-schema', 'not-json-schema'] as const
const ALL = [...KEYS, 'is-json', 'not-is-json'] as const
/** Largest size of a schema file, in bytes: more than a schema itself may have, because files are indented. */
const MAX_FILE = 256 * 1024

/** True when an item of an `expect` block contains a JSON Schema, or the name of a schema file; templates are not rendered in such an item. */
export function holdsSchema(item: ExpectItem): boolean {
  return ALL.some((key) => typeof item[key] === 'object') || KEYS.some((key) => typeof item[key] === 'string')
}

/** Returns the JSON Schema in a file of the scenario's folder. @throws UsageError when the file cannot be read, or has no usable schema */
function readSchema(baseDir: string, name: string): Readonly<Record<string, never>> {
  const schema = readConfinedJson(baseDir, name, MAX_FILE)
  compileJsonSchema(schema)
  return schema as Readonly<Record<string, never>> // `true` and `false` are schemas, too: the check compiles them as well
}

/**
 * Returns an item of an `expect` block in which the name of a JSON Schema file is replaced by the schema in the file.
 * @throws UsageError when the file cannot be read or holds no usable schema
 */
export function withSchema(item: ExpectItem, baseDir: string): ExpectItem {
  const read = KEYS.flatMap((key) => {
    const name = item[key]
    return typeof name === 'string' ? [[key, readSchema(baseDir, name)] as const] : []
  })
  return { ...item, ...Object.fromEntries(read) }
}

/**
 * Returns an error for each JSON Schema file that an `expect` block names and that cannot be read or used. `lines` is the block as written in the
 * scenario, `path` its path.
 */
export function schemaFindings(lines: readonly unknown[], path: Path, baseDir: string): Finding[] {
  return lines.flatMap((item, index) => {
    const line = mapAt(item, [])
    const isTyped = typeof line.type === 'string' && /^(not-)?json-schema$/.test(line.type)
    return (isTyped ? ['value'] : KEYS).flatMap((key) => schemaFinding(line[key], [...path, index, key], baseDir) ?? [])
  })
}

function schemaFinding(name: unknown, path: Path, baseDir: string): Finding | undefined {
  if (typeof name !== 'string' || name === '') return undefined
  try {
    readSchema(baseDir, name)
    return undefined
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const place = error instanceof JsonSchemaError && error.path.length > 0 ? ` (at ${error.path.join('.')})` : ''
    const message = error instanceof JsonSchemaError ? `${name}: ${error.message}${place}` : error.message
    return { ...E_FILE.refused({ message, hint: error.hint }), path, mark: 'value' }
  }
}
