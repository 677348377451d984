/** Registers the formats of searches by name. */
import type { SearchResult } from '../../result/search.ts'
import { safeJson } from '../../text/escape.ts'
import type { RenderOptions } from '../text/reporter.ts'
import { searchText } from './console.ts'
import { searchMarkdown } from './md.ts'

export { pointLine } from './lines.ts'

/** The formats in which the result of a capacity search (`burn search`) can be printed, by name. */
export const searchFormats = {
  console: (search: SearchResult, options: RenderOptions) => searchText(search, options),
  json: (search: SearchResult) => `${safeJson(search, 2)}\n`,
  md: (search: SearchResult) => searchMarkdown(search),
}
