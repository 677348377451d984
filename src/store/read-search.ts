/** Reads and checks `search.json`, and finds the folders of its runs. */
import { join } from 'node:path'
import { misfitOfSearch } from '../result/read.ts'
import { SEARCH_VERSION, type SearchResult } from '../result/search.ts'
import { isMap, jsonIn } from '../text/json.ts'
import { SEARCH_NAME } from './files/names.ts'
import { requireVersion, requireWhole, runBeside, withEnd } from './files/stored-kind.ts'
import { kindOf, readText } from './read-result.ts'

/** The content of a `search.json` (result of `burn search`), with the path of the file. */
export interface StoredSearch {
  readonly path: string
  readonly search: SearchResult
}

/**
 * Reads the result of a capacity search at a path, which is a `search.json` or a folder with one; undefined when the path holds something else.
 * @throws InputError for a damaged file
 */
export function storedSearchAt(named: string): StoredSearch | undefined {
  const isFolder = kindOf(named) === 'folder'
  const path = isFolder ? join(named, SEARCH_NAME) : named
  if (kindOf(path) !== 'file') return undefined
  const text = readText(path)
  if (!isFolder && !/"searchVersion"\s*:/.test(text.slice(0, 1000))) return undefined
  const value = jsonIn(text)
  const version = isMap(value) ? value.searchVersion : undefined
  if (typeof version === 'string') requireVersion('search', path, version, SEARCH_VERSION)
  requireWhole('search', path, misfitOfSearch(value))
  return { path, search: withEnd('search', value as SearchResult, path) } // misfitOfSearch has looked at every part
}

/**
 * Returns the folders of the runs of a capacity search, as far as they still hold a result. Names that lead out of the search's folder are ignored.
 */
export function foldersOfSearch({ path, search }: StoredSearch): string[] {
  return search.points.flatMap(({ folder }) => runBeside(path, folder) ?? [])
}
