/** Bodies of requests by what they are: JSON, form fields, or text. */
import { isMap } from '../foreign/fields.ts'
import { mapParts } from './multipart.ts'
import type { ImportedBody } from './request.ts'

const JSON_TYPE = /^\s*application\/(?:[\w.+-]*\+)?json\b/i
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\b/i

/** A body with its content type. Texts stay as they are. */
export function bodyOf(text: string, type: string | undefined): ImportedBody {
  if (type !== undefined && JSON_TYPE.test(type)) return jsonBody(text)
  if (type !== undefined && FORM_TYPE.test(type)) return formBody(text)
  return { kind: 'text', text }
}

/** JSON when it is, so that it can be read and changed in the scenario. */
function jsonBody(text: string): ImportedBody {
  try {
    return { kind: 'json', value: JSON.parse(text) }
  } catch {
    return { kind: 'text', text }
  }
}

/** Fields, when they say the same as the text. */
function formBody(text: string): ImportedBody {
  const pairs = [...new URLSearchParams(text)]
  const fields = Object.fromEntries(pairs)
  const same =
    pairs.length > 0 && Object.keys(fields).length === pairs.length && text.split('&').every((part) => part.includes('='))
  return same ? { kind: 'form', fields } : { kind: 'text', text }
}

/** A body with its texts changed. */
export function mapBody(body: ImportedBody, change: (value: unknown) => unknown): ImportedBody {
  if (body.kind === 'json') return { kind: 'json', value: change(body.value) }
  if (body.kind === 'text') return { kind: 'text', text: String(change(body.text)) }
  if (body.kind === 'multipart') return { kind: 'multipart', parts: mapParts(body.parts, change) }
  const fields = change(body.fields)
  return {
    kind: 'form',
    fields: isMap(fields) ? Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])) : {},
  }
}
