/** The folder of a suite: what it came to, beside the folders of its runs. */
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

/** The files of a suite, and the format of each. */
const FILES = [
  [SUITE_NAME, 'json'],
  ['report.md', 'md'],
  ['junit.xml', 'junit'],
] as const
/** What a suite has of the reports that can be asked for beside those files. */
const PAGE = ['report.html', 'html'] as const

interface FolderOptions {
  readonly suiteId: string
  /** Name of the suite; untrusted. */
  readonly name: string
  /** The folder to use in place of a new one. */
  readonly out?: string
  /** True to write over an earlier suite in it. */
  readonly overwrite: boolean
  /** True to write the suite as one page, too. */
  readonly hasPage: boolean
}

/** The folder of a suite's result and runs, locked by this process. */
export class SuiteFolder {
  readonly path: string
  /** Releases the lock; the files stay. */
  readonly release: () => void
  private readonly outputs: Outputs
  private readonly files: readonly (readonly [string, SuiteFormat])[]
  /** The last write, after which the next one begins. */
  private written: Promise<unknown> = Promise.resolve()

  /** Makes and locks the folder, and tries it out. @throws LocalError when that fails, or another result lies there */
  constructor({ suiteId, name, out, overwrite, hasPage }: FolderOptions) {
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

  /** Returns the name of the folder of a test within this one; `count` is the number of all tests. */
  of(number: number, name: string, count: number): string {
    return `${String(number).padStart(Math.max(2, String(count).length), '0')}-${slugOf(name)}`
  }

  /** Writes the state of the suite so far, as a whole or not at all, after earlier writes have ended. @throws LocalError */
  save(suite: SuiteResult): Promise<void> {
    const write = this.written.then(() => this.outputs.write(join(this.path, SUITE_NAME), suiteFormats.json(suite)))
    this.written = write.catch(() => {})
    return write
  }

  /** Writes all files of a suite that is over. @throws LocalError */
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

/** Returns a copy of a result with secrets masked in every text; numbers stay as they are. */
export function withoutSecrets<Value>(value: Value): Value {
  const masked = JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? knownSecrets.redact(part) : part))
  return JSON.parse(masked) as Value // texts become texts
}
