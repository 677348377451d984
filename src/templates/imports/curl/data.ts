import { UsageError } from '../../../errors.ts'
import type { CurlOption } from './options.ts'
import { aroundValues } from './shell-values.ts'

/** Where a curl command gets its data from: its standard input, and files. */
export interface DataSources {
  /** The standard input of the command, where the shell script shows it; undefined when unknown. */
  readonly input: string | undefined
  readonly readFile: ((path: string) => string | undefined) | undefined
}

/**
 * Returns the request body that curl builds from its data options: texts of `--json` are joined directly, all others with `&`. An option may take its
 * text from a file or from standard input; `files` holds the texts of these.
 * @throws UsageError when such a text cannot be read
 */
export function curlData(parts: readonly CurlOption[], files: DataSources): string {
  let data = ''
  for (const [index, part] of parts.entries()) data += (index === 0 || part.name === 'json' ? '' : '&') + dataOf(part, files)
  return data
}

function dataOf({ name, value }: CurlOption, files: DataSources): string {
  if (name === 'data-raw') return value
  if (name === 'data-urlencode') return encoded(value, files)
  if (!value.startsWith('@')) return value
  const text = contentOf(value.slice(1), `--${name} ${value}`, files)
  return name === 'json' || name === 'data-binary' ? text : text.replace(/[\r\n\0]/g, '')
}

/** Encodes an argument of --data-urlencode: `content`, `=content`, `name=content`, `@file` or `name@file`. */
function encoded(value: string, files: DataSources): string {
  const [, name = '', mark, content = ''] = /^([^=@]*)([=@])(.*)$/s.exec(value) ?? []
  const text = mark === '@' ? contentOf(content, `--data-urlencode ${value}`, files) : mark === '=' ? content : value
  const escaped = aroundValues(text, (part) => encodeURIComponent(part).replace(/[!'()*]/g, percent))
  return mark === undefined || name === '' ? escaped : `${name}=${escaped}`
}

const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

function contentOf(file: string, option: string, { input, readFile }: DataSources): string {
  const text = file === '-' ? input : readFile?.(file)
  if (text !== undefined) return text
  const hint = 'put the content of the file in its place, or convert where the file lies'
  throw new UsageError(`curl: ${option} reads a file`, hint)
}
