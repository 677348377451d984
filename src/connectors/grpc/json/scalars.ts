import type { Enum } from 'protobufjs'
import { nearest } from '../../../language/suggest.ts'

/** The outcome of converting a JSON value for a field of a gRPC message: the converted value, or the reason why it does not fit. */
export type ScalarReading = { readonly value: unknown } | { readonly wrong: string }

const INTEGERS: Readonly<Record<string, readonly [min: bigint, max: bigint]>> = {
  ...Object.fromEntries(['int32', 'sint32', 'sfixed32'].map((type) => [type, [-(2n ** 31n), 2n ** 31n - 1n]])),
  ...Object.fromEntries(['uint32', 'fixed32'].map((type) => [type, [0n, 2n ** 32n - 1n]])),
  ...Object.fromEntries(['int64', 'sint64', 'sfixed64'].map((type) => [type, [-(2n ** 63n), 2n ** 63n - 1n]])),
  ...Object.fromEntries(['uint64', 'fixed64'].map((type) => [type, [0n, 2n ** 64n - 1n]])),
}
const MAX_FLOAT = 3.4028234663852886e38
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/** Converts a JSON value to the protobuf scalar type with the name `type`, such as `int32`, or returns why it does not fit. */
export function readScalar(type: string, value: unknown): ScalarReading {
  const range = INTEGERS[type]
  if (range) return readInteger(type, value, range)
  switch (type) {
    case 'double':
    case 'float':
      return readNumber(type, value)
    case 'bool':
      return typeof value === 'boolean'
        ? { value }
        : value === 'true' || value === 'false'
          ? { value: value === 'true' }
          : no(value, type)
    case 'bytes':
      return readBytes(value)
    default:
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? { value: String(value) }
        : no(value, 'text')
  }
}

function readInteger(type: string, value: unknown, [min, max]: readonly [bigint, bigint]): ScalarReading {
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value))
    return { wrong: `${value} is more than a number of JSON can hold exactly: write it as text, in quotes` }
  const whole = wholeOf(value)
  if (whole === undefined || whole < min || whole > max) return no(value, type)
  return { value: type.endsWith('64') ? String(whole) : Number(whole) }
}

function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? BigInt(number) : undefined
}

function readNumber(type: string, value: unknown): ScalarReading {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return { value: Number(value) }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return no(value, type)
  return type === 'float' && Math.abs(number) > MAX_FLOAT ? no(value, type) : { value: number }
}

function readBytes(value: unknown): ScalarReading {
  if (value instanceof Uint8Array) return { value: Buffer.from(value) }
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255))
    return { value: Buffer.from(value) }
  if (typeof value !== 'string' || !BASE64.test(value)) return no(value, 'base64')
  return { value: Buffer.from(value, 'base64') }
}

/** Converts the name or number of an enum value, given in JSON, to its number, or returns why it does not fit. */
export function readEnum(type: Enum, value: unknown): ScalarReading {
  if (typeof value === 'string') {
    const number = Object.hasOwn(type.values, value) ? type.values[value] : undefined
    if (number !== undefined) return { value: number }
    const near = nearest(value, Object.keys(type.values))
    const names = Object.keys(type.values).slice(0, 8).join(', ')
    const hint = near === undefined ? `; there is ${names}` : `; did you mean ${near}?`
    return { wrong: `${JSON.stringify(value)} is not a value of this field${hint}` }
  }
  const read = readInteger('int32', value, INTEGERS.int32 ?? [0n, 0n])
  return 'value' in read ? read : no(value, `name of ${type.name}`)
}

function no(value: unknown, expected: string): ScalarReading {
  return { wrong: `${shown(value)} is not a value of this field, which takes ${expected}` }
}

/** Returns a value of a gRPC request as JSON for an error message, cut to 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
