/** Finds the fields of a message by their names in JSON. @see the ProtoJSON format */
import type { Enum, Field, MapField, Type } from 'protobufjs'

const byName = new WeakMap<Type, ReadonlyMap<string, Field>>()

/** Returns the fields of a protobuf message type by name. A field can be found by its name in the .proto file and by its name in JSON. */
export function fieldsByName(type: Type): ReadonlyMap<string, Field> {
  const known = byName.get(type)
  if (known) return known
  const names = new Map<string, Field>()
  for (const field of type.fieldsArray) names.set(jsonName(field), field)
  // if the .proto name of one field equals the JSON name of another, the .proto name counts
  for (const field of type.fieldsArray) names.set(field.name, field)
  byName.set(type, names)
  return names
}

/** Returns the name of a protobuf field in JSON: its `json_name`, or its name in lowerCamelCase. */
export function jsonName({ name, options }: Field): string {
  const own: unknown = options?.json_name
  return typeof own === 'string' ? own : lowerCamel(name)
}

/** Converts a name from snake_case to lowerCamelCase. */
export function lowerCamel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9]?)/g, (_, letter: string) => letter.toUpperCase())
}

/** Returns the message type of a protobuf field; undefined for a field that holds a scalar or an enum. */
export function messageOf({ resolvedType }: Field): Type | undefined {
  return resolvedType && 'fieldsArray' in resolvedType ? resolvedType : undefined
}

/** Returns the enum type of a protobuf field; undefined for a field of any other type. */
export function enumOf({ resolvedType }: Field): Enum | undefined {
  return resolvedType && 'valuesById' in resolvedType ? resolvedType : undefined
}

/** Returns the type of the keys of a protobuf map field; undefined when the field is not a map. */
export function keyTypeOf(field: Field): string | undefined {
  return field.map ? (field as Field & MapField).keyType : undefined
}

/** Returns the short name of a gRPC message type if it is one of the package `google.protobuf`, such as `Timestamp`; undefined for any other type. */
export function wellKnown(type: Type): string | undefined {
  return type.fullName.startsWith('.google.protobuf.') ? type.fullName.slice('.google.protobuf.'.length) : undefined
}

/** The names of the wrapper types of `google.protobuf`, such as `StringValue`. In JSON, a wrapper is written as the plain value in it. */
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
