/** Reads files with further phrases of refusals, for the check `is-refusal`. */
import { readConfined } from '../../../confined.ts'
import { UsageError } from '../../../errors.ts'
import type { ExpectItem } from '../../../metrics/check/check.ts'
import { isMap } from '../../../text/json.ts'
import { E_FILE } from '../../problems/files/E_FILE.ts'
import type { Finding } from '../../read/source/finding.ts'
import type { Path } from '../../read/source/source.ts'
import { mapAt } from '../../schema/written-steps.ts'

const KEYS = ['is-refusal', 'not-is-refusal'] as const
const MAX_FILE = 256 * 1024

/** Returns the phrases in a file: its lines without blank ones and comments. @throws UsageError when the file cannot be read or has no phrases */
function readPhrases(baseDir: string, name: string): string[] {
  const lines = readConfined(baseDir, name, MAX_FILE)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const phrases = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  if (phrases.length === 0) throw new UsageError(`${name} has no phrases`, 'write one on each line')
  return phrases
}

/**
 * Reads the files of refusal phrases that an item of an `expect` block names, and returns the item with these phrases added to its own.
 * @throws UsageError when a file cannot be read or has no phrases
 */
export function withPhrases(item: ExpectItem, baseDir: string): ExpectItem {
  const read = KEYS.flatMap((key) => {
    const spec = item[key]
    if (typeof spec !== 'object' || spec.file === undefined) return []
    return [[key, { phrases: [...(spec.phrases ?? []), ...readPhrases(baseDir, spec.file)] }] as const]
  })
  return read.length === 0 ? item : { ...item, ...Object.fromEntries(read) }
}

/**
 * Returns an error for each file of refusal phrases that an `expect` block names and that cannot be used. `lines` is the block as written in the
 * scenario, `path` its path.
 */
export function phraseFindings(lines: readonly unknown[], path: Path, baseDir: string): Finding[] {
  return lines.flatMap((item, index) => {
    const line = mapAt(item, [])
    return [...KEYS, 'value'].flatMap((key) => {
      const spec = line[key]
      const isRefusal = key !== 'value' || /^(not-)?is-refusal$/.test(String(line.type))
      return isRefusal && isMap(spec) ? phraseFinding(spec.file, [...path, index, key, 'file'], baseDir) : []
    })
  })
}

function phraseFinding(name: unknown, path: Path, baseDir: string): Finding[] {
  if (typeof name !== 'string' || name === '') return []
  try {
    readPhrases(baseDir, name)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [{ ...E_FILE.refused({ message: error.message, hint: error.hint }), path, mark: 'value' }]
  }
}
