import { UsageError } from '../../../errors.ts'
import { filePart, type ImportedPart, valuePart } from '../request/multipart.ts'
import type { CurlOption } from './options.ts'

/** Content types by file extension, as curl derives them. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/\.gif$/i, 'image/gif'],
  [/\.jpe?g$/i, 'image/jpeg'],
  [/\.png$/i, 'image/png'],
  [/\.svg$/i, 'image/svg+xml'],
  [/\.txt$/i, 'text/plain'],
  [/\.html?$/i, 'text/html'],
  [/\.pdf$/i, 'application/pdf'],
  [/\.xml$/i, 'application/xml'],
]

/**
 * Returns the parts of a multipart form from a `--form` or `--form-string` option of curl; a list of files becomes several parts. `where` names the
 * request in the notes.
 * @throws UsageError for parts that cannot be sent
 */
export function curlParts({ name: option, value: text }: CurlOption, where: string, notes: string[]): ImportedPart[] {
  const at = text.indexOf('=')
  if (at < 0) throw new UsageError(`curl: --${option} ${text} is no field`, 'name=value')
  const [name, content] = [text.slice(0, at), text.slice(at + 1)]
  if (option === 'form-string') return [valuePart(name, content)]
  if (content.startsWith('<')) throw new UsageError(`curl: --form ${text} reads a file`, 'put its content in its place, or use @')
  if (!content.startsWith('@')) {
    const { main, settings } = cut(content)
    return [valuePart(name, main, settingsOf(settings, name, where, notes).type)]
  }
  return files(content.slice(1)).map((file) => {
    const { main: path, settings } = cut(file)
    if (path === '-' || path === '') throw new UsageError(`curl: --form ${text} reads the input`, 'name a file')
    const { type, filename } = settingsOf(settings, name, where, notes)
    return filePart({ name, path, filename, type: type ?? typeOf(filename ?? path) }, where, notes)
  })
}

function typeOf(name: string): string | undefined {
  return TYPES.find(([ending]) => ending.test(name))?.[1]
}

/** Splits `content;type=a/b;filename=c`. Quoted content may hold semicolons; one before an unknown setting belongs to the content. */
function cut(text: string): { main: string; settings: ReadonlyMap<string, string> } {
  const [quoted, inner] = /^"((?:[^"\\]|\\.)*)"/s.exec(text) ?? []
  const start = quoted?.length ?? 0
  const found = text.slice(start).search(/;\s*(?:type|filename|headers|encoder)=/i)
  const end = found < 0 ? text.length : start + found
  const pairs = text
    .slice(end)
    .matchAll(/;\s*(type|filename|headers|encoder)=("(?:[^"\\]|\\.)*"|.*?)(?=;\s*(?:type|filename|headers|encoder)=|$)/gis)
  const settings = new Map([...pairs].map(([, key = '', value = '']) => [key.toLowerCase(), bare(value.trim())]))
  return { main: inner === undefined ? text.slice(0, end) : unescaped(inner), settings }
}

function settingsOf(settings: ReadonlyMap<string, string>, name: string, where: string, notes: string[]) {
  for (const key of ['headers', 'encoder'])
    if (settings.has(key)) notes.push(`${where}: ${key} of the part "${name}" has no equivalent in burn, and was left out`)
  return { type: settings.get('type'), filename: settings.get('filename') }
}

/** Splits the file names of one form field of curl, which are separated by commas. */
function files(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g) ?? ['']
}

function bare(text: string): string {
  return /^".*"$/s.test(text) ? unescaped(text.slice(1, -1)) : text
}

function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, '$1')
}
