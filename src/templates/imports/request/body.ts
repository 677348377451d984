/** Bodies of requests by what they are: JSON, form fields, or text. */
import { isMap, jsonIn } from '../../../text/json.ts'
import { mapTexts } from '../../foreign/common/literal.ts'
import { fitsFile, isExact } from './fits.ts'
import { mapParts } from './multipart.ts'
import type { FormField, ImportedBody } from './request.ts'

const JSON_TYPE = /^\s*application\/(?:[\w.+-]*\+)?json\b/i
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\b/i

/** A body with its content type. Texts stay as they are. */
export function bodyOf(text: string, type: string | undefined): ImportedBody {
  if (type !== undefined && JSON_TYPE.test(type)) return jsonText(text)
  if (type !== undefined && FORM_TYPE.test(type)) return formBody(text)
  return { kind: 'text', text }
}

/** JSON when it is, so that it can be read and changed in the scenario; text where a scenario would not send the same. */
function jsonText(text: string): ImportedBody {
  const value = jsonIn(text)
  return value !== undefined && isExact(text, value) && fitsFile(value) ? { kind: 'json', value } : { kind: 'text', text }
}

/** A value as JSON, or as text where a scenario file could not hold it. `ready` makes its texts those of a scenario. */
export function jsonBody(value: unknown, ready: (text: string) => string, readyText = ready): ImportedBody {
  if (fitsFile(value)) return { kind: 'json', value: mapTexts(value, ready) }
  return { kind: 'text', text: readyText(JSON.stringify(value)) }
}

/** Fields, when they say the same as the text. */
function formBody(text: string): ImportedBody {
  const fields = formFields(text)
  return fields === undefined || !fitsFile(Object.fromEntries(fields)) ? { kind: 'text', text } : { kind: 'form', fields }
}

/** The fields of a URL-encoded text, of a query too; undefined when they would not be sent as they stand there. */
export function formFields(text: string): FormField[] | undefined {
  const parts = text.split('&')
  if (!parts.every((part) => /^[^=]+=/.test(part) && isEncoded(part))) return undefined
  const fields = [...new URLSearchParams(text)]
  const names = fields.map(([name]) => name)
  // A map keeps the fields of one name together.
  const inTurn = names.every((name, index) => name === names[index - 1] || names.indexOf(name) === index)
  // Numbers for names move to the front of a map.
  return inTurn && !names.some((name) => /^\d+$/.test(name)) ? fields : undefined
}

function isEncoded(part: string): boolean {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

/** Fields as the scenario has them: a list for each name that comes more than once. */
export function fieldMap(fields: readonly FormField[]): Record<string, string | string[]> {
  const lists = new Map<string, string[]>()
  for (const [name, value] of fields) lists.set(name, [...(lists.get(name) ?? []), value])
  return Object.fromEntries(
    [...lists].map(([name, values]) => [name, values.length === 1 && values[0] !== undefined ? values[0] : values]),
  )
}

/** A body with its texts changed; a field of a form is given as a map from its name. */
export function mapBody(body: ImportedBody, change: (value: unknown) => unknown): ImportedBody {
  if (body.kind === 'json') return { kind: 'json', value: change(body.value) }
  if (body.kind === 'text') return { kind: 'text', text: String(change(body.text)) }
  if (body.kind === 'multipart') return { kind: 'multipart', parts: mapParts(body.parts, change) }
  return { kind: 'form', fields: body.fields.map(([name, value]) => [name, changedField(change({ [name]: value }), value)]) }
}

function changedField(changed: unknown, value: string): string {
  return isMap(changed) ? String(Object.values(changed)[0]) : value
}
