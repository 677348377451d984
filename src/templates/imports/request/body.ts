import { isMap, jsonIn } from '../../../text/json.ts'
import { mapTexts } from '../../foreign/common/literal.ts'
import { fitsFile, isExact } from './fits.ts'
import { mapParts } from './multipart.ts'
import type { FormField, ImportedBody } from './request.ts'

const JSON_TYPE = /^\s*application\/(?:[\w.+-]*\+)?json\b/i
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\b/i

/**
 * Parses the body of an imported request as JSON, form or text, depending on its content type `type`; JSON or a form that a scenario could not send
 * as it is stays a text. Template syntax such as `{{` in its texts is not escaped yet.
 */
export function bodyOf(text: string, type: string | undefined): ImportedBody {
  if (type !== undefined && JSON_TYPE.test(type)) return jsonText(text)
  if (type !== undefined && FORM_TYPE.test(type)) return formBody(text)
  return { kind: 'text', text }
}

/** Makes a JSON body that is readable in the scenario; a text when a scenario would not send exactly the same JSON. */
function jsonText(text: string): ImportedBody {
  const value = jsonIn(text)
  return value !== undefined && isExact(text, value) && fitsFile(value) ? { kind: 'json', value } : { kind: 'text', text }
}

/**
 * Returns an imported JSON body as a scenario holds it: as a JSON value or, when a scenario file cannot hold that value exactly, as one text. `ready`
 * escapes template syntax such as `{{` in each text of the value; `readyText` does so in the one text.
 */
export function jsonBody(value: unknown, ready: (text: string) => string, readyText = ready): ImportedBody {
  if (fitsFile(value)) return { kind: 'json', value: mapTexts(value, ready) }
  return { kind: 'text', text: readyText(JSON.stringify(value)) }
}

/** Makes a form body; a text when its fields would not be sent exactly as written. */
function formBody(text: string): ImportedBody {
  const fields = formFields(text)
  return fields === undefined || !fitsFile(Object.fromEntries(fields)) ? { kind: 'text', text } : { kind: 'form', fields }
}

/**
 * Parses a URL-encoded form or query to its fields; undefined when a map of the fields would change it: for a part without name or `=`, an invalid
 * percent code, equal names that are not neighbours, or a name that is a number.
 */
export function formFields(text: string): FormField[] | undefined {
  const parts = text.split('&')
  if (!parts.every((part) => /^[^=]+=/.test(part) && isEncoded(part))) return undefined
  const fields = [...new URLSearchParams(text)]
  const names = fields.map(([name]) => name)
  // A map of fields keeps equal names together, so they must be neighbours here.
  const inTurn = names.every((name, index) => name === names[index - 1] || names.indexOf(name) === index)
  // Numeric names would move to the front of a map.
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

/** Converts the fields of an imported URL-encoded form to a map for the scenario; the value of a name that occurs several times is a list. */
export function fieldMap(fields: readonly FormField[]): Record<string, string | string[]> {
  const lists = new Map<string, string[]>()
  for (const [name, value] of fields) lists.set(name, [...(lists.get(name) ?? []), value])
  return Object.fromEntries(
    [...lists].map(([name, values]) => [name, values.length === 1 && values[0] !== undefined ? values[0] : values]),
  )
}

/**
 * Returns the body of an imported request with its content replaced by the result of `change`. This gets the JSON value as a whole, the text, or, so
 * that it also sees the name, `{ name: value }` for each field of a form and each text part of a multipart form.
 */
export function mapBody(body: ImportedBody, change: (value: unknown) => unknown): ImportedBody {
  if (body.kind === 'json') return { kind: 'json', value: change(body.value) }
  if (body.kind === 'text') return { kind: 'text', text: String(change(body.text)) }
  if (body.kind === 'multipart') return { kind: 'multipart', parts: mapParts(body.parts, change) }
  return { kind: 'form', fields: body.fields.map(([name, value]) => [name, changedField(change({ [name]: value }), value)]) }
}

function changedField(changed: unknown, value: string): string {
  return isMap(changed) ? String(Object.values(changed)[0]) : value
}
