/** Data files: are they there, and have they the columns that templates ask for? Only the beginning of each is read. */
import { dirname } from 'node:path'
import { checkFeeder } from '../../data/index.ts'
import { nearest } from '../../language/suggest.ts'
import { inFile, type Use } from '../compile/texts.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Scenario } from '../schema/schema.ts'

/** Returns findings about the data files of a scenario. `file` is the path of the scenario; `uses` are the variables that its texts read. */
export function dataFindings(scenario: Scenario, uses: readonly Use[], file: string): Finding[] {
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
  return columns.size === 0 ? findings : [...findings, ...uses.flatMap((use) => unknownColumn(use, columns) ?? [])]
}

function unknownColumn(use: Use, columns: ReadonlyMap<string, readonly string[]>): Finding | undefined {
  const { name, path, offset } = use
  const known = columns.get(name)
  const [column] = use.rest
  if (!known || column === undefined || known.includes(column)) return undefined
  const near = nearest(column, known)
  const hint = near === undefined ? `columns: ${known.join(', ')}` : `did you mean ${name}.${near}?`
  const mark = { offset, length: name.length + 1 + column.length }
  return inFile({ code: 'E_UNKNOWN_COLUMN', path, mark, message: `${name} has no column ${column}`, hint }, use.file)
}
