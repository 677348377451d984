/** The folder of a search: it contains the results so far and the folders of the search's runs. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError, LocalError } from '../../errors.ts'
import { searchFormats } from '../../report/search/index.ts'
import type { SearchResult } from '../../result/search.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { localError } from '../../store/files/local-error.ts'
import { takeLock } from '../../store/files/lock.ts'
import { RESULT_NAME, SEARCH_NAME, SUITE_NAME } from '../../store/files/names.ts'
import { type Outputs, openOutputs } from '../../store/files/output-file.ts'
import { storedSearchAt } from '../../store/read-search.ts'
import { newRunFolder } from '../../store/run-dir.ts'

/** The name of the Markdown report, which is written beside `search.json`. */
const REPORT_NAME = 'report.md'

interface SearchFolderOptions {
  readonly searchId: string
  /** The name of the scenario; untrusted text. */
  readonly name: string
  /** The folder to use; undefined for a new folder. */
  readonly out: string | undefined
  /** True to begin a new search even if the folder contains an earlier one. */
  readonly overwrite: boolean
}

/**
 * The folder for the files of a capacity search (`burn search`) and for the runs that it makes. It is locked, so that no other process of burn writes
 * to it at the same time.
 */
export class SearchFolder {
  readonly path: string
  /** The earlier search in this folder, which can be continued; undefined when there is none. */
  private readonly earlier: SearchResult | undefined
  /** Releases the lock on the folder; the files stay. */
  readonly release: () => void
  private readonly outputs: Outputs

  /**
   * Creates and locks the folder, and checks that it can be written. @throws LocalError when that fails; InputError when a search in it cannot
   * be read
   */
  constructor({ searchId, name, out, overwrite }: SearchFolderOptions) {
    try {
      if (out !== undefined) makeFolders(out)
    } catch (error) {
      throw localError(`cannot create ${out}`, error)
    }
    this.path = out ?? newRunFolder({ name: `${name}-search`, startedAt: Date.now() })
    this.release = locked(this.path, searchId)
    try {
      for (const other of [RESULT_NAME, SUITE_NAME])
        if (existsSync(join(this.path, other)))
          throw new LocalError(`${this.path} holds ${other} of something else`, 'choose another folder with --out')
      this.earlier = overwrite ? undefined : earlierIn(this.path)
      this.outputs = openOutputs([SEARCH_NAME, REPORT_NAME].map((file) => join(this.path, file)))
    } catch (error) {
      this.release()
      throw error
    }
  }

  /**
   * Returns the earlier search to continue; undefined when there is none. @throws LocalError when it was for another scenario or another kind of load
   */
  goingOn(scenarioHash: string, unit: SearchResult['for']): SearchResult | undefined {
    if (this.earlier === undefined || (this.earlier.scenarioHash === scenarioHash && this.earlier.for === unit))
      return this.earlier
    throw new LocalError(
      `${this.path} holds a search of another scenario, other thresholds, or for ${this.earlier.for}`,
      'choose another folder with --out, or add --overwrite',
    )
  }

  /** Writes the current state of the search. Each file is replaced as a whole or not at all. @throws LocalError */
  async save(search: SearchResult): Promise<void> {
    await this.outputs.write(join(this.path, SEARCH_NAME), searchFormats.json(search))
    await this.outputs.write(join(this.path, REPORT_NAME), searchFormats.md(search))
  }
}

function earlierIn(folder: string): SearchResult | undefined {
  try {
    return storedSearchAt(folder)?.search
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(error.message, 'choose another folder with --out, or add --overwrite', { cause: error })
  }
}

function locked(path: string, searchId: string): () => void {
  try {
    return takeLock(resolve(path), searchId)
  } catch (error) {
    throw localError(`cannot lock ${path}`, error)
  }
}
