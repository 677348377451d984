/** Files with the fields of CUSTOM data: can they be read, and are the templates in them right? */
import { UsageError } from '../../errors.ts'
import { readFields } from '../compile/payload-files.ts'
import type { Finding } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { allSteps, mapAt } from '../schema/written-steps.ts'

const KEY = ['payload', 'payloadFile'] as const

/** Files that cannot be read, or hold no fields. `value` is the scenario as it was written. */
export function payloadFileFindings(value: unknown, baseDir: string): Finding[] {
  return allSteps(value).flatMap(({ step, path }) => {
    const name = mapAt(step, ['payload']).payloadFile
    return typeof name === 'string' && name !== '' ? (faultOf(name, [...path, ...KEY], baseDir) ?? []) : []
  })
}

function faultOf(name: string, path: Path, baseDir: string): Finding | undefined {
  try {
    readFields(baseDir, name)
    return undefined
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { code: 'E_FILE', path, mark: 'value', message: error.message, hint: error.hint }
  }
}

/** Reads the fields in a file for a look at their templates; undefined when there are none to look at. */
export function fieldsReader(baseDir: string): (name: unknown) => unknown {
  return (name) => {
    if (typeof name !== 'string' || name === '') return undefined
    try {
      return readFields(baseDir, name)
    } catch (error) {
      if (error instanceof UsageError) return undefined
      throw error
    }
  }
}

/** What was found in the file that a step at `path` names, told where it is named. */
export function atItsName(finding: Finding, name: unknown, path: Path): Finding {
  const message = `${name}: ${finding.message} (at ${pathText(finding.path)})`
  return { ...finding, path: [...path, ...KEY], mark: 'value', message }
}
