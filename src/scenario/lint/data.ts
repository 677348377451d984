/** Data files: are they there, and have they the columns that templates ask for? Only the beginning of each is read. */
import { dirname } from 'node:path'
import { checkFeeder } from '../../data/index.ts'
import { nearest } from '../../language/suggest.ts'
import { compileTemplate, TemplateError, type VariableUse } from '../../language/template.ts'
import type { Finding } from '../read/finding.ts'
import type { Path } from '../read/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { mapAt, textsIn } from '../schema/written-steps.ts'

/** What can be said about the data files of a scenario; `file` is where it was read from. */
export function dataFindings(scenario: Scenario, value: unknown, file: string): Finding[] {
  const baseDir = file.startsWith('<') ? '.' : dirname(file)
  const columns = new Map<string, readonly string[]>()
  const findings = Object.entries(scenario.data ?? {}).flatMap(([name, spec]) => {
    const check = checkFeeder(spec, baseDir)
    if (check.complete) columns.set(name, check.columns)
    return check.problems.map(({ severity, key, message, hint }): Finding => {
      const code = severity === 'error' ? 'E_DATA' : 'W_DATA'
      return { code, path: ['data', name, key === 'file' ? 'file' : key], mark: key === 'file' ? 'value' : 'key', message, hint }
    })
  })
  return columns.size === 0 ? findings : [...findings, ...columnFindings(value, columns)]
}

function columnFindings(value: unknown, columns: ReadonlyMap<string, readonly string[]>): Finding[] {
  const parts = Object.entries(mapAt(value, [])).filter(([key]) => key !== 'data')
  return parts.flatMap(([key, part]) =>
    [...textsIn(part, [key])].flatMap(({ text, path }) =>
      usesOf(text).flatMap((use) => unknownColumn(use, text, path, columns) ?? []),
    ),
  )
}

/** Templates that do not compile are told of elsewhere. */
function usesOf(text: string): readonly VariableUse[] {
  if (!text.includes('{{')) return []
  try {
    return compileTemplate(text).uses
  } catch (error) {
    if (error instanceof TemplateError) return []
    throw error
  }
}

function unknownColumn(
  use: VariableUse,
  text: string,
  path: Path,
  columns: ReadonlyMap<string, readonly string[]>,
): Finding | undefined {
  const known = columns.get(use.name)
  const [column] = use.rest
  if (!known || column === undefined || known.includes(String(column))) return undefined
  const near = nearest(String(column), known)
  const hint = near === undefined ? `columns: ${known.join(', ')}` : `did you mean ${use.name}.${near}?`
  const offset = text.indexOf(`${use.name}.${column}`)
  const mark = offset < 0 ? ('value' as const) : { offset, length: use.name.length + 1 + String(column).length }
  return { code: 'E_UNKNOWN_COLUMN', path, mark, message: `${use.name} has no column ${column}`, hint }
}
