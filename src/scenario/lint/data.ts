/** Data files: are they there, and have they the columns that templates ask for? Only the beginning of each is read. */
import { dirname } from 'node:path'
import { checkFeeder } from '../../data/index.ts'
import { nearest } from '../../language/suggest.ts'
import { inspectTemplate } from '../../language/template/template.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { mapAt, textsIn } from '../schema/written-steps.ts'
import { conditionsIn, conditionUses } from './conditions.ts'

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

/** A member of a variable that a text reads; `offset` when it is known. */
interface Read {
  readonly text: string
  readonly path: Path
  readonly name: string
  readonly rest: readonly string[]
  readonly offset?: number
}

function columnFindings(value: unknown, columns: ReadonlyMap<string, readonly string[]>): Finding[] {
  const parts = Object.entries(mapAt(value, [])).filter(([key]) => key !== 'data')
  const texts = parts.flatMap(([key, part]) => [...textsIn(part, [key])])
  const inTemplates = texts.flatMap(({ text, path }) =>
    inspectTemplate(text).template.uses.map(({ name, rest }): Read => ({ text, path, name, rest })),
  )
  const inConditions = conditionsIn(value).flatMap(({ source, path }) =>
    conditionUses(source).map((use): Read => ({ ...use, text: source, path })),
  )
  return [...inTemplates, ...inConditions].flatMap((read) => unknownColumn(read, columns) ?? [])
}

function unknownColumn(read: Read, columns: ReadonlyMap<string, readonly string[]>): Finding | undefined {
  const { name, text, path } = read
  const known = columns.get(name)
  const [column] = read.rest
  if (!known || column === undefined || known.includes(column)) return undefined
  const near = nearest(column, known)
  const hint = near === undefined ? `columns: ${known.join(', ')}` : `did you mean ${name}.${near}?`
  const offset = read.offset ?? text.indexOf(`${name}.${column}`)
  const mark = offset < 0 ? ('value' as const) : { offset, length: name.length + 1 + column.length }
  return { code: 'E_UNKNOWN_COLUMN', path, mark, message: `${name} has no column ${column}`, hint }
}
