/** `search.json`, read back with care, and the folders of its runs. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import { misfitOfSearch } from '../result/read.ts'
import { SEARCH_VERSION, type SearchResult } from '../result/search.ts'
import { isMap, jsonIn } from '../text/json.ts'
import { lockState } from './files/lock.ts'
import { RESULT_NAME, SEARCH_NAME } from './files/names.ts'
import { kindOf, readText } from './read-result.ts'

/** The content of a `search.json`, with the path of the file. */
export interface StoredSearch {
  readonly path: string
  readonly search: SearchResult
}

/**
 * Reads the search at a path, which is a `search.json` or a folder with one; undefined when the path holds something else. @throws InputError for a
 * damaged search
 */
export function storedSearchAt(named: string): StoredSearch | undefined {
  const isFolder = kindOf(named) === 'folder'
  const path = isFolder ? join(named, SEARCH_NAME) : named
  if (kindOf(path) !== 'file') return undefined
  const text = readText(path)
  if (!isFolder && !/"searchVersion"\s*:/.test(text.slice(0, 1000))) return undefined
  const value = jsonIn(text)
  const version = isMap(value) ? value.searchVersion : undefined
  if (typeof version === 'string' && version.split('.')[0] !== SEARCH_VERSION.split('.')[0])
    throw new InputError(
      `${path} has search format ${version.slice(0, 20)}, this burn reads ${SEARCH_VERSION}`,
      'use the version of burn that wrote it',
    )
  const misfit = misfitOfSearch(value)
  if (misfit !== undefined)
    throw new InputError(
      `${path} is not a whole search: ${misfit} is missing or of another kind`,
      'the file was changed after burn wrote it',
    )
  return { path, search: withEnd(value as SearchResult, dirname(path)) } // misfitOfSearch has looked at every part
}

/** A search that is no longer under way, and never ended, was killed. */
function withEnd(search: SearchResult, folder: string): SearchResult {
  if (search.status !== 'running') return search
  const isLive = lockState(folder)?.live === true
  return {
    ...search,
    reason: isLive ? 'the search goes on' : 'the process exited without an end: killed, or the machine stopped',
  }
}

/** Returns the existing folders of the runs of a search. Names that lead out of its folder are ignored. */
export function foldersOfSearch({ path, search }: StoredSearch): string[] {
  return search.points.flatMap(({ folder }) => {
    if (folder !== basename(folder) || folder.startsWith('.')) return []
    const whole = join(dirname(path), folder)
    return existsSync(join(whole, RESULT_NAME)) ? [whole] : []
  })
}
