import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { FormField } from '../request/request.ts'
import { aroundMarks } from './marks.ts'

type Item = readonly [string, unknown]

const DELIMITERS: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' }

/**
 * Encodes a sample value of an OpenAPI parameter for use in a URL. Placeholders of template helpers stay as they are; what the helpers produce is
 * encoded during the run.
 */
export function encoded(value: unknown): string {
  return aroundMarks(textOf(value), encodeURIComponent)
}

/** Converts a sample value of an OpenAPI parameter to text; maps and lists become JSON. */
export const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

function itemsOf(value: unknown): Item[] {
  if (Array.isArray(value)) return value.map((item): Item => ['', item])
  return isMap(value) ? Object.entries(value) : [['', value]]
}

/** Returns the names and values that are sent for an OpenAPI parameter in a query, a cookie or a form. */
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

/**
 * Formats the value of an OpenAPI parameter in a path or a header, in the parameter's style: simple, label or matrix (in headers, only simple).
 * `change` encodes each part of the value; by default, it encodes for URLs.
 */
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

/** Formats the value of an OpenAPI parameter that is sent in a header; it is not URL-encoded. */
export function headerText(name: string, value: unknown, parameter: Data): string {
  return simpleText(name, value, { ...parameter, style: 'simple' }, textOf)
}
