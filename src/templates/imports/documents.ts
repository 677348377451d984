/** Parses texts of other tools to plain data: JSON with the engine's parser, which is fast for tens of megabytes, all else as YAML. */
import { parseAllDocuments } from 'yaml'
import { UsageError } from '../../errors.ts'
import { jsonError } from '../../scenario/read/json-syntax.ts'
import { jsonIn } from '../../text/json.ts'

/** Largest length of a text that is parsed as YAML, in characters; parsing YAML takes some hundred times as long as JSON. */
const MAX_YAML_LETTERS = 16 * 1024 * 1024

/**
 * Parses JSON or YAML and returns a list of its documents. A document that is a list is replaced by its items.
 * @throws UsageError for other text, when nothing is in it, and for YAML of more than 16 Mi characters
 */
export function documentsOf(text: string): unknown[] {
  const json = looksLikeJson(text) ? jsonIn(text) : undefined
  const values = json === undefined ? yamlValues(text) : [json]
  const all = values.flatMap((value) => (Array.isArray(value) ? value : [value]))
  if (all.length === 0) throw new UsageError('there is nothing in the file', 'was it saved?')
  return all
}

const looksLikeJson = (text: string) => /^\s*[{[]/.test(text)

function yamlValues(text: string): unknown[] {
  // For a text that begins like JSON, the place of the JSON syntax error helps more than a YAML error.
  const broken = looksLikeJson(text) ? jsonError(text) : undefined
  if (text.length > MAX_YAML_LETTERS) {
    if (broken) throw notJson(text, broken)
    throw new UsageError(
      `the file is YAML of more than ${MAX_YAML_LETTERS / 1024 / 1024} MiB`,
      'save it as JSON, which may be larger',
    )
  }
  return [parseAllDocuments(text, { merge: true, uniqueKeys: false })].flat().map((parsed): unknown => {
    const [error] = parsed.errors
    if (error && broken) throw notJson(text, broken)
    if (error)
      throw new UsageError(`the file is neither JSON nor YAML: ${error.message.split('\n')[0]}`, 'name its kind with --from')
    return plain(parsed)
  })
}

/** Returns the plain data of a document, with aliases resolved. @throws UsageError for an unknown alias or too many of them */
function plain(parsed: { toJS(options: { maxAliasCount: number }): unknown }): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new UsageError(`the file is neither JSON nor YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function notJson(text: string, { offset, message, hint }: NonNullable<ReturnType<typeof jsonError>>): UsageError {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  return new UsageError(
    `the file is neither JSON nor YAML: line ${line}, column ${column}: ${message}`,
    hint ?? 'check that the file is complete',
  )
}
