import { UsageError } from '../../errors.ts'
import type { ForeignOptions } from '../foreign/common/literal.ts'
import { convertForeign } from '../foreign/index.ts'
import type { Data } from '../template.ts'
import { importCurl } from './curl/curl.ts'
import { documentsOf } from './documents.ts'
import { importHar } from './har/har.ts'
import { importOpenApi } from './openapi/openapi.ts'
import { importPostman } from './postman/postman.ts'
import { IMPORT_FORMATS, type ImportFormat, isHar, isOpenApi, isPostman, looksLikeCurl, recognised } from './recognise.ts'
import type { Imported } from './request/request.ts'
import { importedScenario } from './scenario.ts'

/** A scenario that `burn convert` made from another tool's file, with notes about what it does differently. */
export interface ConvertedScenario {
  readonly format: ImportFormat
  readonly scenario: Data
  readonly notes: readonly string[]
}

/**
 * Converts another tool's file to scenarios; some files hold several. Without `from`, the content decides which tool it is from.
 * @throws UsageError for a file of another kind, or one from which no scenario can be made
 */
export function convertText(text: string, from?: ImportFormat, options: ForeignOptions = {}): readonly ConvertedScenario[] {
  if (from === 'curl' || (from === undefined && looksLikeCurl(text)))
    return [requests('curl', importCurl(text, options), options)]
  return valuesOf(text).map((value) => {
    const kind = from === undefined ? unread(typeof value === 'object' ? '' : text, value) : undefined
    if (kind) throw kind
    return convertValue(value, from, options)
  })
}

/** Returns the parsed documents of a text. @throws UsageError that names the kind of file, if it is recognised */
function valuesOf(text: string): unknown[] {
  try {
    return documentsOf(text)
  } catch (error) {
    throw unread(text, undefined) ?? error
  }
}

/** Returns the error for a recognised kind of file that burn cannot convert; undefined for other texts. */
function unread(text: string, value: unknown): UsageError | undefined {
  const kind = recognised(text, value)
  if (kind === undefined || kind.converted) return undefined
  return new UsageError(`this is ${kind.name}, which burn does not read`, hintOf(kind.hint))
}

const hintOf = (hint?: string) => `${hint === undefined ? '' : `${hint}; `}known kinds: ${IMPORT_FORMATS.join(', ')}`

function convertValue(value: unknown, from: ImportFormat | undefined, options: ForeignOptions): ConvertedScenario {
  if ((from === undefined || from === 'har') && isHar(value)) return requests('har', importHar(value), options)
  if ((from === undefined || from === 'openapi') && isOpenApi(value)) return requests('openapi', importOpenApi(value), options)
  if ((from === undefined || from === 'postman') && isPostman(value))
    return requests('postman', importPostman(value, options), options)
  const foreign = convertForeign(value, options)
  if (foreign && (from === undefined || from === foreign.format)) return foreign
  throw new UsageError(
    from === undefined ? 'the kind of the file is not recognised' : `this is not ${from}`,
    `known kinds: ${IMPORT_FORMATS.join(', ')}`,
  )
}

function requests(format: ImportFormat, imported: Imported, options: ForeignOptions): ConvertedScenario {
  return { format, ...importedScenario(imported, options) }
}
