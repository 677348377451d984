import { beginsWithValue } from './shell-values.ts'

/** The largest number of addresses that one pattern may expand to. */
const MAX_URLS = 100
const SET = /\{([^{}]*)\}|\[(\d+)-(\d+)(?::(\d+))?\]|\[([a-z])-([a-z])(?::(\d+))?\]/i

/**
 * Adds `http://` to the address in a curl command, as curl does. An address with a scheme, or one that begins with a shell variable, stays the same.
 */
export function withScheme(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) || beginsWithValue(url) ? url : `http://${url}`
}

/**
 * Expands the patterns `{one,two}`, `[1-10:2]` and `[a-c]` in the address of a curl command, and returns the resulting addresses: all of them, or the
 * first 100 with a note. Returns only the address itself with `asItIs` (curl's `--globoff`), or when it contains `{{`.
 */
export function curlUrls(url: string, asItIs: boolean, notes: string[]): string[] {
  if (asItIs || url.includes('{{') || !SET.test(url)) return [url]
  const urls = expanded(url)
  if (urls.length <= MAX_URLS) return urls
  notes.push(`${url.slice(0, 100)} stands for more than ${MAX_URLS} addresses: only the first ${MAX_URLS} are steps`)
  return urls.slice(0, MAX_URLS)
}

function expanded(url: string): string[] {
  const found = SET.exec(url)
  if (found === null) return [url]
  const [all, list, from, to, step, first, last, stride] = found
  const before = url.slice(0, found.index)
  const values =
    list === undefined
      ? from === undefined || to === undefined
        ? letters(first ?? '', last ?? '', Number(stride ?? 1))
        : numbers(from, to, Number(step ?? 1))
      : list.split(',')
  const rest = expanded(url.slice(found.index + all.length))
  return values.flatMap((value) => rest.map((end) => before + value + end)).slice(0, MAX_URLS + 1)
}

function numbers(from: string, to: string, step: number): string[] {
  const count = Math.min(MAX_URLS + 1, Math.floor((Number(to) - Number(from)) / Math.max(1, step)) + 1)
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    String(Number(from) + index * Math.max(1, step)).padStart(from.startsWith('0') ? from.length : 0, '0'),
  )
}

function letters(first: string, last: string, step: number): string[] {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
  const count = Math.floor((to - from) / Math.max(1, step)) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => String.fromCharCode(from + index * Math.max(1, step)))
}
