import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { filePart, type ImportedPart, valuePart } from '../request/multipart.ts'
import { withMarks } from './marks.ts'
import type { References } from './references.ts'

/**
 * Returns the parts of a multipart request body for an OpenAPI operation. `media` is the body's entry in `content`, and `value` a sample of its data;
 * a list in it becomes several parts of the same name. For a file, a note says where to put it; `where` names the request there.
 */
export function multipartOf(media: Data, value: unknown, references: References, where: string, notes: string[]): ImportedPart[] {
  const properties = propertiesOf(media.schema, references)
  const encoding = isMap(media.encoding) ? media.encoding : {}
  const sample = isMap(value) ? value : {}
  const names = [
    ...new Set([...Object.keys(sample), ...[...properties].filter(([, one]) => isFile(one, references)).map(([name]) => name)]),
  ]
  return names.flatMap((key) => {
    const [name, type] = [withMarks(key), typeOf(encoding[key])]
    const schema = properties.get(key) ?? {}
    if (isFile(schema, references)) return [filePart({ name, path: `${key}.bin`, type }, where, notes)]
    const items = sample[key]
    return (Array.isArray(items) ? items : [items]).map((item) => partOf(name, item, type))
  })
}

function partOf(name: string, item: unknown, type: string | undefined): ImportedPart {
  const isText = typeof item !== 'object' || item === null
  return isText
    ? valuePart(name, withMarks(String(item)), type)
    : valuePart(name, withMarks(JSON.stringify(item)), type ?? 'application/json')
}

/** Returns the content type of a part: the first one that its encoding allows; undefined when the encoding does not say. */
function typeOf(encoding: unknown): string | undefined {
  const { contentType } = isMap(encoding) ? encoding : {}
  const first = typeof contentType === 'string' ? (contentType.split(',')[0] ?? '').trim() : ''
  return first === '' || first.includes('*') ? undefined : withMarks(first)
}

/** Returns the properties of a schema, including those of its `allOf` parts. */
function propertiesOf(schema: unknown, references: References, depth = 0): Map<string, Data> {
  const { properties, allOf } = references.resolve(schema)
  const parts = Array.isArray(allOf) && depth < 6 ? allOf : []
  const own = Object.entries(isMap(properties) ? properties : {}).map(([name, one]) => [name, references.resolve(one)] as const)
  return new Map([...parts.flatMap((part) => [...propertiesOf(part, references, depth + 1)]), ...own])
}

/** True for a file: `format: binary` in OpenAPI 3.0, a media type in 3.1, or a list of files. */
function isFile(schema: Data, references: References): boolean {
  const { type, format, contentMediaType, contentEncoding, items, readOnly } = schema
  if (readOnly === true) return false
  if (type === 'array') return isFile(references.resolve(items), references)
  return (
    format === 'binary' ||
    (typeof contentMediaType === 'string' && contentEncoding === undefined && !/json|^text\//.test(contentMediaType))
  )
}
