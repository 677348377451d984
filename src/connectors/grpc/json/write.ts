/**
 * Converts gRPC messages to JSON (ProtoJSON). Fields that are not set are written with their default, so that checks for `0` or `""` find them. @see
 * the ProtoJSON format
 */
import type { Field, Type } from 'protobufjs'
import type { JsonObject } from '../../../text/json.ts'
import { enumOf, jsonName, keyTypeOf, lowerCamel, messageOf, WRAPPERS, wellKnown } from './fields.ts'
import { lookUp } from './read.ts'
import { writeDuration, writeTimestamp } from './times.ts'

/** How the fields of a gRPC message are named in JSON: `proto` as in the .proto file, `json` in lowerCamelCase. */
export type FieldNames = 'proto' | 'json'

/** Converts a gRPC message, as the library protobufjs has decoded it, to a JSON value. */
export function writeMessage(type: Type, message: JsonObject, names: FieldNames): unknown {
  const name = wellKnown(type)
  const special = name === undefined ? undefined : writeSpecial(type, name, message, names)
  return special === undefined ? members(type, message, names) : special
}

function members(type: Type, message: JsonObject, names: FieldNames): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const field of type.fieldsArray) {
    const isSet = Object.hasOwn(message, field.name)
    if (!isSet && field.partOf) continue
    json[names === 'proto' ? field.name : jsonName(field)] = member(
      field,
      isSet ? message[field.name] : field.defaultValue,
      names,
    )
  }
  return json
}

function member(field: Field, value: unknown, names: FieldNames): unknown {
  if (value === null || value === undefined) return null
  const keyType = keyTypeOf(field)
  if (keyType !== undefined) return map(field, keyType, value, names)
  if (field.repeated) return Array.isArray(value) ? value.map((item: unknown) => single(field, item, names)) : []
  return single(field, value, names)
}

function map(field: Field, keyType: string, value: unknown, names: FieldNames): Record<string, unknown> {
  // without a prototype, because a key may have any name
  const json: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value as JsonObject)) json[keyText(key, keyType)] = single(field, item, names)
  return json
}

/** Returns the key of a protobuf map as text. The library protobufjs keeps 64-bit keys as their eight bytes. */
function keyText(key: string, keyType: string): string {
  if (!keyType.endsWith('64')) return key
  const bytes = Buffer.from(key, 'latin1')
  if (bytes.length !== 8) return key
  return String(keyType === 'uint64' || keyType === 'fixed64' ? bytes.readBigUInt64LE() : bytes.readBigInt64LE())
}

function single(field: Field, value: unknown, names: FieldNames): unknown {
  const type = messageOf(field)
  if (type) return writeMessage(type, value as JsonObject, names)
  const members = enumOf(field)
  if (members) return members.fullName === '.google.protobuf.NullValue' ? null : (members.valuesById[Number(value)] ?? value)
  if (typeof value === 'number')
    return Number.isFinite(value) ? (field.type === 'float' ? shortest(value) : value) : String(value)
  if (field.type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64')
  // integers of 64 bits
  return typeof value === 'object' ? String(value) : value
}

/** Returns the number with the fewest digits that is the same 32-bit float, such as 0.1 for 0.10000000149. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

/** Returns the JSON of a type that has a JSON form of its own, such as Timestamp; undefined when its messages are written field by field. */
function writeSpecial(type: Type, name: string, message: JsonObject, names: FieldNames): unknown {
  if (WRAPPERS.has(name))
    return type.fields.value && member(type.fields.value, message.value ?? type.fields.value.defaultValue, names)
  switch (name) {
    case 'Timestamp':
      return writeTimestamp(momentOf(message))
    case 'Duration':
      return writeDuration(momentOf(message))
    case 'FieldMask':
      return Array.isArray(message.paths) ? message.paths.map(lowerCamel).join(',') : ''
    case 'Struct':
      return struct(message)
    case 'ListValue':
      return list(message)
    case 'Value':
      return value(message)
    case 'Any':
      return any(type, message, names)
    default:
      return undefined
  }
}

function momentOf({ seconds = 0, nanos = 0 }: JsonObject): { seconds: string; nanos: number } {
  return { seconds: String(seconds), nanos: Number(nanos) }
}

function struct({ fields }: JsonObject): unknown {
  const json: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries((fields ?? {}) as JsonObject)) json[key] = value(item as JsonObject)
  return json
}

function list({ values }: JsonObject): unknown[] {
  return Array.isArray(values) ? values.map((item: JsonObject) => value(item)) : []
}

function value(message: JsonObject): unknown {
  for (const [name, inner] of Object.entries(message)) {
    // descriptors from a server have snake_case names
    const kind = name.replace('_v', 'V')
    if (kind === 'structValue') return struct(inner as JsonObject)
    if (kind === 'listValue') return list(inner as JsonObject)
    if (kind === 'numberValue' && !Number.isFinite(inner)) return String(inner)
    if (kind !== 'nullValue') return inner
  }
  return null
}

/** Returns the JSON of a `google.protobuf.Any`. If the .proto files lack the type inside, the JSON shows its bytes in base64. */
function any(type: Type, message: JsonObject, names: FieldNames): unknown {
  const url = String(message.type_url ?? '')
  const bytes = Buffer.from((message.value ?? []) as Uint8Array)
  const inner = lookUp(type, url.slice(url.lastIndexOf('/') + 1))
  if (!inner) return { '@type': url, value: bytes.toString('base64') }
  const json = writeMessage(inner, inner.decode(bytes) as unknown as JsonObject, names)
  return wellKnown(inner) !== undefined && wellKnown(inner) !== 'Empty'
    ? { '@type': url, value: json }
    : { '@type': url, ...(json as JsonObject) }
}
