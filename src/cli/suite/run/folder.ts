/** The folder of a suite: it contains the suite's result and the folders of its runs. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LocalError } from '../../../errors.ts'
import { type SuiteFormat, suiteFormats } from '../../../report/suite/index.ts'
import { FILE_OPTIONS } from '../../../report/text/reporter.ts'
import type { Result } from '../../../result/schema.ts'
import type { SuiteResult } from '../../../result/suite.ts'
import { makeFolders } from '../../../store/files/folders.ts'
import { localError } from '../../../store/files/local-error.ts'
import { takeLock } from '../../../store/files/lock.ts'
import { RESULT_NAME, SUITE_NAME } from '../../../store/files/names.ts'
import { type Outputs, openOutputs } from '../../../store/files/output-file.ts'
import { newRunFolder, slugOf } from '../../../store/run-dir.ts'
import { knownSecrets } from '../../output/known-secrets.ts'

/** The files that every suite writes, each with its format. */
const FILES = [
  [SUITE_NAME, 'json'],
  ['report.md', 'md'],
  ['junit.xml', 'junit'],
] as const
/** The HTML page of a suite, with its format; it is written only when `--report html` asks for it. */
const PAGE = ['report.html', 'html'] as const

interface SuiteFolderOptions {
  readonly suiteId: string
  /** The name of the suite; untrusted text. */
  readonly name: string
  /** The folder to use; a new one when left out. */
  readonly out?: string
  /** True to overwrite an earlier suite in the folder. */
  readonly overwrite: boolean
  /** True to write the HTML page of the suite as well. */
  readonly hasPage: boolean
}

/** The folder of a suite's result and runs, which no other burn process can use at the same time. */
export class SuiteFolder {
  readonly path: string
  /** Releases the lock on the folder; the files stay. */
  readonly release: () => void
  private readonly outputs: Outputs
  private readonly files: readonly (readonly [string, SuiteFormat])[]
  /** Settles when the last write has ended; the next one begins after it. */
  private written: Promise<unknown> = Promise.resolve()

  /**
   * Creates and locks the folder, and checks that files can be written there. @throws LocalError when that fails, or the folder contains another
   * result
   */
  constructor({ suiteId, name, out, overwrite, hasPage }: SuiteFolderOptions) {
    this.files = hasPage ? [...FILES, PAGE] : FILES
    try {
      if (out !== undefined) makeFolders(out)
    } catch (error) {
      throw localError(`cannot create ${out}`, error)
    }
    this.path = out ?? newRunFolder({ name, startedAt: Date.now() })
    this.release = locked(this.path, suiteId)
    try {
      this.refuseOther(overwrite)
      this.outputs = openOutputs(this.files.map(([file]) => join(this.path, file)))
    } catch (error) {
      this.release()
      throw error
    }
  }

  private refuseOther(overwrite: boolean): void {
    if (existsSync(join(this.path, RESULT_NAME)))
      throw new LocalError(`${this.path} holds the result of a run`, 'choose another folder with --out')
    if (!overwrite && existsSync(join(this.path, SUITE_NAME)))
      throw new LocalError(
        `${this.path} already holds ${SUITE_NAME} of another run`,
        'choose another folder with --out, or add --overwrite',
      )
  }

  /** Returns the name of a test's folder inside this one, such as `03-chat`; `count` is the number of all tests. */
  of(number: number, name: string, count: number): string {
    return `${String(number).padStart(Math.max(2, String(count).length), '0')}-${slugOf(name)}`
  }

  /** Writes the result of the suite so far, after earlier writes have ended. The file is replaced as a whole or not at all. @throws LocalError */
  save(suite: SuiteResult): Promise<void> {
    const write = this.written.then(() => this.outputs.write(join(this.path, SUITE_NAME), suiteFormats.json(suite)))
    this.written = write.catch(() => {})
    return write
  }

  /** Writes all files of a suite that has ended. @throws LocalError */
  async finish(suite: SuiteResult, results: ReadonlyMap<number, Result>): Promise<void> {
    await this.written
    for (const [file, format] of this.files)
      await this.outputs.write(join(this.path, file), suiteFormats[format](suite, FILE_OPTIONS, results))
  }
}

function locked(path: string, suiteId: string): () => void {
  try {
    return takeLock(resolve(path), suiteId)
  } catch (error) {
    throw localError(`cannot lock ${path}`, error)
  }
}

/** Returns a copy of a suite's result with secrets masked in every text; numbers stay as they are. */
export function withoutSecrets<Value>(value: Value): Value {
  const masked = JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? knownSecrets.redact(part) : part))
  return JSON.parse(masked) as Value // the cast is safe: only texts are changed
}
