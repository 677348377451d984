import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { FormField } from '../request/request.ts'
import { aroundMarks } from './marks.ts'

type Item = readonly [string, unknown]

const DELIMITERS: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' }

/** Returns a value URL-encoded for an address. Marked template helpers stay as they are, and are encoded when filled in. */
export function encoded(value: unknown): string {
  return aroundMarks(textOf(value), encodeURIComponent)
}

/** Converts a value to text; maps and lists become JSON. */
export const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

function itemsOf(value: unknown): Item[] {
  if (Array.isArray(value)) return value.map((item): Item => ['', item])
  return isMap(value) ? Object.entries(value) : [['', value]]
}

/** Returns the names and values by which an OpenAPI parameter is sent in a query, cookie or form. */
export function fieldsOf(name: string, value: unknown, { style = 'form', explode }: Data): FormField[] {
  if (typeof value !== 'object' || value === null) return [[name, textOf(value)]]
  if (style === 'deepObject') return deepFields(name, value)
  const spread = typeof explode === 'boolean' ? explode : style === 'form'
  const items = itemsOf(value)
  if (spread) return items.map(([key, item]) => [key === '' ? name : key, textOf(item)])
  const parts = items.flatMap(([key, item]) => (key === '' ? [textOf(item)] : [key, textOf(item)]))
  return parts.length === 0 ? [] : [[name, parts.join(DELIMITERS[String(style)] ?? ',')]]
}

function deepFields(name: string, value: unknown): FormField[] {
  if (Array.isArray(value)) return value.flatMap((item) => deepFields(name, item))
  if (!isMap(value)) return [[name, textOf(value)]]
  return Object.entries(value).flatMap(([key, item]) => deepFields(`${name}[${key}]`, item))
}

/** Formats an OpenAPI parameter for a path (styles simple, label, matrix) or header (simple). `change` encodes each value. */
export function simpleText(name: string, value: unknown, { style = 'simple', explode = false }: Data, change = encoded): string {
  const spread = explode === true
  const parts = itemsOf(value).flatMap(([key, item]) => {
    if (key === '') return [change(item)]
    return spread ? [`${change(key)}=${change(item)}`] : [change(key), change(item)]
  })
  if (style === 'label') return `.${parts.join(spread ? '.' : ',')}`
  if (style !== 'matrix') return parts.join(',')
  if (!spread) return `;${name}=${parts.join(',')}`
  return parts.map((part) => (isMap(value) ? `;${part}` : `;${name}=${part}`)).join('')
}

/** Formats an OpenAPI header parameter, without URL encoding. */
export function headerText(name: string, value: unknown, parameter: Data): string {
  return simpleText(name, value, { ...parameter, style: 'simple' }, textOf)
}
