/** Reads the results to merge: from files, from folders with results in them, and from log lines. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { InputError } from '../../errors.ts'
import type { FoundPart } from '../../merge/belonging.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { kindOf, parseResults, readText } from '../../store/read-result.ts'
import { RESULT_LINE } from '../run/results-text.ts'

/** Matches a log line that contains a packed result. The program that collected the logs may have put text before it. */
const LINE = new RegExp(`${RESULT_LINE} ([A-Za-z0-9+/]+={0,2})`, 'g')
/** The largest result that a log line may contain after unpacking, in bytes of JSON. */
const MAX_BYTES = 256 * 1024 * 1024

/** The result of one shard (part of a run made by one machine), read for `burn merge`, with the path of its journal. */
export interface FoundResult extends FoundPart {
  /** Path of the journal; undefined when there is none. */
  readonly journal: string | undefined
}

/**
 * Reads the results of the shards of a run for `burn merge`. The user names them by result files, folders with results, logs in which the shards
 * printed their results, or `-` for such log lines on stdin.
 * @throws InputError when one cannot be read or has no result
 */
export async function readParts(named: readonly string[]): Promise<FoundResult[]> {
  const found: FoundResult[] = []
  for (const one of named) {
    if (one === '-') found.push(...inLines('stdin', await stdinText()))
    else found.push(...(kindOf(one) === 'folder' ? inFolder(one) : inFile(one)))
  }
  return found
}

/** Reads the result in a run's folder or, when there is none, all results in folders below it; CI systems unpack artifacts to a folder of folders. */
function inFolder(folder: string): FoundResult[] {
  if (existsSync(join(folder, RESULT_NAME))) return inFile(join(folder, RESULT_NAME))
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === RESULT_NAME)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0)
    throw new InputError(
      `${folder} holds no ${RESULT_NAME}`,
      'a shard that was killed at once leaves none: leave it out, with --allow-missing',
    )
  return files.flatMap(inFile)
}

function inFile(path: string): FoundResult[] {
  const text = readText(path)
  if (!/^\s*(?:\{|\[\s*[{\]])/.test(text) && text.includes(`${RESULT_LINE} `)) return inLines(path, text)
  const beside = join(dirname(path), JOURNAL_NAME)
  const journal = existsSync(beside) ? beside : undefined
  return parseResults(path, text).map((result) => ({ name: path, result, journal }))
}

function inLines(name: string, text: string): FoundResult[] {
  const lines = [...text.matchAll(LINE)]
  if (lines.length === 0)
    throw new InputError(
      `${name} holds no line ${RESULT_LINE}`,
      'run the shards with --result-to-stdout, and collect all lines of their logs',
    )
  return lines.flatMap(([, packed = ''], i) => {
    const place = `${name}, result ${i + 1}`
    return parseResults(place, unpacked(place, packed)).map((result) => ({ name: place, result, journal: undefined }))
  })
}

function unpacked(place: string, text: string): string {
  try {
    return gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_BYTES }).toString('utf8')
  } catch (error) {
    throw new InputError(`${place} is damaged`, 'the log may have cut the line: collect the result files instead', {
      cause: error,
    })
  }
}

async function stdinText(): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of process.stdin) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}
