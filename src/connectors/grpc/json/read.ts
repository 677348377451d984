/** Converts JSON (ProtoJSON) to gRPC messages. Every value that does not fit its type is reported with its path. @see the ProtoJSON format */
import type { Field, Type } from 'protobufjs'
import { nearest } from '../../../language/suggest.ts'
import type { JsonDraft } from '../../../text/json.ts'
import { enumOf, fieldsByName, keyTypeOf, messageOf, WRAPPERS, wellKnown } from './fields.ts'
import { readEnum, readScalar, type ScalarReading, shown } from './scalars.ts'
import { readDuration, readTimestamp } from './times.ts'

/** A part of a JSON value that does not fit the type of its gRPC message: its path in the message, and the reason. */
export interface JsonMisfit {
  readonly path: readonly (string | number)[]
  readonly text: string
}

type MisfitPath = JsonMisfit['path']

/** Converts JSON values to gRPC messages. The values that do not fit are collected in `misfits`. */
export class JsonReader {
  readonly misfits: JsonMisfit[] = []
  private readonly isOpen: (text: string) => boolean

  /** `isOpen` returns true for texts with a template (`{{…}}`) that is not rendered yet; such a text fits every field. */
  constructor(isOpen: (text: string) => boolean = () => false) {
    this.isOpen = isOpen
  }

  /**
   * Returns the JSON value as a message in the form of protobufjs, without the parts that do not fit; undefined when `value` as a whole does not fit.
   */
  message(type: Type, value: unknown, path: MisfitPath = []): JsonDraft | undefined {
    const special = this.special(type, value, path)
    if (special) return special.message
    if (!isObject(value)) return this.miss(path, `object expected, not ${shown(value)}`)
    return this.members(type, value, path)
  }

  private members(type: Type, value: JsonDraft, path: MisfitPath): JsonDraft {
    const fields = fieldsByName(type)
    const message: JsonDraft = {}
    const oneofs = new Map<string, string>()
    for (const [name, member] of Object.entries(value)) {
      const field = fields.get(name)
      const at = [...path, name]
      if (!field) this.miss(at, `the message has no such field${suggestion(name, type)}`)
      else if (Object.hasOwn(message, field.name)) this.miss(at, `the field ${field.name} is given twice`)
      else {
        const read = this.field(field, member, at)
        if (read === undefined) continue
        message[field.name] = read
        const oneof = field.partOf?.name
        const other = oneof === undefined ? undefined : oneofs.get(oneof)
        if (other !== undefined) this.miss(at, `only one of ${other} and ${field.name} can be set`)
        if (oneof !== undefined) oneofs.set(oneof, field.name)
      }
    }
    for (const field of type.fieldsArray)
      if (field.required && !Object.hasOwn(message, field.name)) this.miss(path, `the field ${field.name} is required`)
    return message
  }

  private field(field: Field, value: unknown, path: MisfitPath): unknown {
    if (value === undefined || this.open(value)) return undefined
    if (value === null && messageOf(field)?.fullName !== '.google.protobuf.Value') return undefined
    if (keyTypeOf(field) !== undefined) return this.map(field, value, path)
    if (!field.repeated) return this.single(field, value, path)
    if (!Array.isArray(value)) return this.miss(path, `array expected, not ${shown(value)}`)
    return value.flatMap((item, index) => {
      const read = this.open(item) ? undefined : this.single(field, item, [...path, index])
      return read === undefined ? [] : [read]
    })
  }

  private map(field: Field, value: unknown, path: MisfitPath): unknown {
    if (!isObject(value)) return this.miss(path, `object expected, not ${shown(value)}`)
    const keyType = keyTypeOf(field) ?? 'string'
    const map: JsonDraft = {}
    for (const [key, item] of Object.entries(value)) {
      const at = [...path, key]
      const read = readScalar(keyType, key)
      if ('wrong' in read && !this.open(key))
        this.miss(at, `${JSON.stringify(key)} is not a key of this map, which takes ${keyType}`)
      const inner = this.open(item) ? undefined : this.single(field, item, at)
      if (inner !== undefined) Object.defineProperty(map, key, { value: inner, enumerable: true })
    }
    return map
  }

  private single(field: Field, value: unknown, path: MisfitPath): unknown {
    const type = messageOf(field)
    if (type) return this.message(type, value, path)
    const members = enumOf(field)
    if (members?.fullName === '.google.protobuf.NullValue') return 0
    return this.take(members ? readEnum(members, value) : readScalar(field.type, value), path)
  }

  private take(read: ScalarReading, path: MisfitPath): unknown {
    return 'value' in read ? read.value : this.miss(path, read.wrong)
  }

  /** Converts the types that have a JSON form of their own, such as Timestamp; undefined when the type or this value is written field by field. */
  private special(type: Type, value: unknown, path: MisfitPath): { message: JsonDraft | undefined } | undefined {
    const name = wellKnown(type)
    if (name === undefined) return undefined
    if (name === 'Any' && isObject(value) && '@type' in value) return { message: this.any(type, value, path) }
    if (name === 'Value') return isObject(value) && isPlainValue(value) ? undefined : { message: valueMessage(type, value) }
    const inner = name === 'Struct' ? type.fields.fields : name === 'ListValue' ? type.fields.values : undefined
    const valueType = inner && messageOf(inner)
    if (valueType && Array.isArray(value)) return name === 'ListValue' ? { message: listMessage(valueType, value) } : undefined
    if (valueType && isObject(value))
      return name === 'ListValue' || isPlainStruct(value) ? undefined : { message: structMessage(valueType, value) }
    if (isObject(value)) return undefined
    if (WRAPPERS.has(name)) return { message: this.wrapped(type, value, path) }
    if (typeof value !== 'string') return undefined
    if (name === 'Timestamp')
      return {
        message:
          (readTimestamp(value) as JsonDraft | undefined) ??
          this.miss(path, `${shown(value)} is no time, such as 2024-01-02T03:04:05.5Z`),
      }
    if (name === 'Duration')
      return {
        message:
          (readDuration(value) as JsonDraft | undefined) ?? this.miss(path, `${shown(value)} is no duration, such as 1.5s`),
      }
    if (name === 'FieldMask') return { message: { paths: value === '' ? [] : value.split(',').map(snakeCase) } }
    return undefined
  }

  private wrapped(type: Type, value: unknown, path: MisfitPath): JsonDraft | undefined {
    const inner = type.fields.value
    const read = inner && this.single(inner, value, path)
    return read === undefined ? undefined : { value: read }
  }

  private any(type: Type, { '@type': url, ...rest }: JsonDraft, path: MisfitPath): JsonDraft | undefined {
    const name = typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : ''
    const inner = lookUp(type, name)
    if (!inner) return this.miss([...path, '@type'], `the protos have no message ${JSON.stringify(url)}`)
    const message = this.message(inner, wellKnown(inner) !== undefined && 'value' in rest ? rest.value : rest, path)
    return message && { type_url: url, value: inner.encode(message).finish() }
  }

  private open(value: unknown): boolean {
    return typeof value === 'string' && this.isOpen(value)
  }

  private miss(path: MisfitPath, text: string): undefined {
    this.misfits.push({ path, text })
    return undefined
  }
}

/** Field numbers of google.protobuf.Value; its field names depend on where its proto came from. */
const VALUE_FIELDS = { null: 1, number: 2, string: 3, boolean: 4, object: 5, list: 6 } as const

function valueMessage(type: Type, value: unknown): JsonDraft {
  const as = (kind: keyof typeof VALUE_FIELDS, inner: unknown) => ({ [type.fieldsById[VALUE_FIELDS[kind]]?.name ?? kind]: inner })
  if (value === null || value === undefined) return as('null', 0)
  if (typeof value === 'number') return as('number', value)
  if (typeof value === 'boolean') return as('boolean', value)
  if (Array.isArray(value)) return as('list', listMessage(type, value))
  return isObject(value) ? as('object', structMessage(type, value)) : as('string', String(value))
}

function structMessage(valueType: Type, value: JsonDraft): JsonDraft {
  const fields: JsonDraft = {}
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(fields, key, { value: valueMessage(valueType, item), enumerable: true })
  return { fields }
}

function listMessage(valueType: Type, value: readonly unknown[]): JsonDraft {
  return { values: value.map((item) => valueMessage(valueType, item)) }
}

/**
 * Finds a gRPC message type by its full name, among the types that were loaded from the same .proto files as `type`. Undefined when there is none.
 */
export function lookUp(type: Type, name: string): Type | undefined {
  if (name === '') return undefined
  const found = type.root.lookup(`.${name}`)
  return found && 'fieldsArray' in found ? (found as Type) : undefined
}

function suggestion(name: string, type: Type): string {
  const names = type.fieldsArray.map((field) => field.name)
  const near = nearest(name, names)
  return near === undefined ? `; there is ${names.slice(0, 8).join(', ') || 'none'}` : `; did you mean ${near}?`
}

const KINDS = new Set(['nullValue', 'numberValue', 'stringValue', 'boolValue', 'structValue', 'listValue'])
const isKind = (key: string) => KINDS.has(key.replace(/_v/, 'V'))

/** True for a Value written field by field, `{ numberValue: 1 }`, as was needed before ProtoJSON was supported. */
function isPlainValue(value: JsonDraft): boolean {
  const keys = Object.keys(value)
  return keys.length === 1 && keys.every(isKind)
}

/** True for a Struct written field by field: `{ fields: { n: { numberValue: 1 } } }`. */
function isPlainStruct(value: JsonDraft): boolean {
  const { fields, ...others } = value
  return (
    Object.keys(others).length === 0 &&
    isObject(fields) &&
    Object.values(fields).every((item) => isObject(item) && isPlainValue(item))
  )
}

function snakeCase(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function isObject(value: unknown): value is JsonDraft {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}
