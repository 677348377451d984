/** Stores the answers of judge models in a file in the results folder. The key of an answer is a hash of its question. */
import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isMap, jsonIn } from '../text/json.ts'
import { formatBytes } from '../text/units.ts'
import { makeFolders } from './files/folders.ts'

/** The largest size in bytes of the answers file. A larger file is not used, because reading it would take longer than asking the judge. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * A file with the answers of judge models, which score replies; an answer that is known is not asked for again. The file is read once, when the first
 * answer is looked up; answers added after that are not found by the same object. Each new answer is appended at once, so that several processes can
 * use the same file. Lines that cannot be read are ignored; a file of more than 64 MiB is reported and not used.
 */
export class Judgements {
  private readonly path: string
  private readonly redact: (text: string) => string
  private readonly onProblem: (message: string) => void
  private read: Map<string, string> | undefined
  private broken = false

  /** `redact` masks secrets in stored answers. `onProblem` is called once, with the reason, when the file cannot be used. */
  constructor(path: string, redact: (text: string) => string, onProblem: (message: string) => void) {
    this.path = path
    this.redact = redact
    this.onProblem = onProblem
  }

  /** Returns the answer to the question with this key; undefined when it is not known. */
  get(key: string): string | undefined {
    this.read ??= this.load()
    return this.read.get(key)
  }

  /** Stores an answer. When the file cannot be written, that is reported once and the run goes on. */
  add(key: string, answer: string): void {
    if (this.broken) return
    try {
      makeFolders(dirname(this.path))
      appendFileSync(this.path, `${JSON.stringify({ key, answer: this.redact(answer) })}\n`)
    } catch (error) {
      this.fail(error)
    }
  }

  private load(): Map<string, string> {
    try {
      const size = statSync(this.path, { throwIfNoEntry: false })?.size
      if (size === undefined) return new Map()
      if (size > MAX_BYTES)
        throw new Error(`it is larger than ${formatBytes(MAX_BYTES)}: move it elsewhere, and a new one is begun`)
      return new Map(readFileSync(this.path, 'utf8').split('\n').flatMap(entryOf))
    } catch (error) {
      this.fail(error)
      return new Map()
    }
  }

  private fail(error: unknown): void {
    this.broken = true
    this.onProblem(`${this.path}: answers of the judge are not kept: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function entryOf(line: string): [string, string][] {
  const entry = jsonIn(line)
  return isMap(entry) && typeof entry.key === 'string' && typeof entry.answer === 'string' ? [[entry.key, entry.answer]] : []
}
