/** Texts of other tools as plain data: JSON by the engine's own parser, which has no trouble with tens of megabytes, all else as YAML. */
import { parseAllDocuments } from 'yaml'
import { UsageError } from '../../errors.ts'
import { jsonFault } from '../../scenario/read/json-syntax.ts'
import { jsonIn } from '../../text/json.ts'

/** Longest text that is read as YAML, which takes some hundred times as long as JSON. */
const MAX_YAML_LETTERS = 16 * 1024 * 1024

/** Each document of a YAML stream, and each item of a list, is one. @throws UsageError for what is neither JSON nor YAML */
export function documentsOf(text: string): unknown[] {
  const json = looksLikeJson(text) ? jsonIn(text) : undefined
  const values = json === undefined ? yamlValues(text) : [json]
  const all = values.flatMap((value) => (Array.isArray(value) ? value : [value]))
  if (all.length === 0) throw new UsageError('there is nothing in the file', 'was it saved?')
  return all
}

const looksLikeJson = (text: string) => /^\s*[{[]/.test(text)

function yamlValues(text: string): unknown[] {
  // What begins as JSON is a slip in a JSON file: the place of it says more than what a YAML reader makes of it.
  const broken = looksLikeJson(text) ? jsonFault(text) : undefined
  if (text.length > MAX_YAML_LETTERS) {
    if (broken) throw notJson(text, broken)
    throw new UsageError(
      `the file is YAML of more than ${MAX_YAML_LETTERS / 1024 / 1024} MiB`,
      'save it as JSON, which may be larger',
    )
  }
  return [parseAllDocuments(text, { merge: true, uniqueKeys: false })].flat().map((parsed): unknown => {
    const [fault] = parsed.errors
    if (fault && broken) throw notJson(text, broken)
    if (fault)
      throw new UsageError(`the file is neither JSON nor YAML: ${fault.message.split('\n')[0]}`, 'name its kind with --from')
    return plain(parsed)
  })
}

/** Aliases are looked up only now: one of nothing, or too many of them, is a fault of the file. */
function plain(parsed: { toJS(options: { maxAliasCount: number }): unknown }): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new UsageError(`the file is neither JSON nor YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function notJson(text: string, { offset, message, hint }: NonNullable<ReturnType<typeof jsonFault>>): UsageError {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  return new UsageError(
    `the file is neither JSON nor YAML: line ${line}, column ${column}: ${message}`,
    hint ?? 'was the whole file copied?',
  )
}
