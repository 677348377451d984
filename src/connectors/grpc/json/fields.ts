/** The fields of a message by the names that JSON has for them. @see the ProtoJSON format */
import type { Enum, Field, MapField, Type } from 'protobufjs'

const byName = new WeakMap<Type, ReadonlyMap<string, Field>>()

/** Fields by both of their names: that of the .proto file, and its lowerCamelCase form or `json_name`. */
export function fieldsByName(type: Type): ReadonlyMap<string, Field> {
  const known = byName.get(type)
  if (known) return known
  const names = new Map<string, Field>()
  for (const field of type.fieldsArray) names.set(jsonName(field), field)
  // the name of the file counts more, should one field be called what another becomes
  for (const field of type.fieldsArray) names.set(field.name, field)
  byName.set(type, names)
  return names
}

/** The lowerCamelCase name of a field, or the one that its `json_name` gives it. */
export function jsonName({ name, options }: Field): string {
  const own: unknown = options?.json_name
  return typeof own === 'string' ? own : lowerCamel(name)
}

export function lowerCamel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9]?)/g, (_, letter: string) => letter.toUpperCase())
}

/** The type of the messages that a field holds; undefined for scalars and enums. */
export function messageOf({ resolvedType }: Field): Type | undefined {
  return resolvedType && 'fieldsArray' in resolvedType ? resolvedType : undefined
}

/** The enum that a field holds. */
export function enumOf({ resolvedType }: Field): Enum | undefined {
  return resolvedType && 'valuesById' in resolvedType ? resolvedType : undefined
}

/** The type of the keys of a map; undefined when the field is none. */
export function keyTypeOf(field: Field): string | undefined {
  return field.map ? (field as Field & MapField).keyType : undefined
}

/** A message type that JSON writes in a form of its own, by the last part of its name. */
export function wellKnown(type: Type): string | undefined {
  return type.fullName.startsWith('.google.protobuf.') ? type.fullName.slice('.google.protobuf.'.length) : undefined
}

/** Messages that hold one value, which is all that JSON has of them. */
export const WRAPPERS = new Set([
  'DoubleValue',
  'FloatValue',
  'Int64Value',
  'UInt64Value',
  'Int32Value',
  'UInt32Value',
  'BoolValue',
  'StringValue',
  'BytesValue',
])
