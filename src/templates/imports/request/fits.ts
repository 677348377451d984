import { MAX_KEYS } from '../../../scenario/read/limits.ts'
import { isMap } from '../../../text/json.ts'

/** Deepest nesting of a body: less than that of a file, because the body stands inside other maps. */
const MAX_LEVELS = 40
const MAX_ITEMS = 10_000
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', '<<'])
const TOKENS = /"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(:)/g

/**
 * True when a value stays the same when it is written to a scenario file and read back; false for one that is too large or too deeply nested for
 * that.
 */
export function fitsFile(value: unknown): boolean {
  return countOf(value, MAX_LEVELS) <= MAX_ITEMS
}

/** Returns the number of values inside a value; Infinity when one of them cannot stand in a scenario file. */
function countOf(value: unknown, levels: number): number {
  if (typeof value === 'number') return fitsNumber(value) ? 1 : Number.POSITIVE_INFINITY
  if (typeof value !== 'object' || value === null) return 1
  if (levels === 0) return Number.POSITIVE_INFINITY
  if (isMap(value) && !Object.keys(value).every(fitsKey)) return Number.POSITIVE_INFINITY
  const items = Object.values(value)
  if (isMap(value) && items.length > MAX_KEYS) return Number.POSITIVE_INFINITY
  return items.reduce((count: number, item) => count + countOf(item, levels - 1), 1)
}

/** True when a number stays the same when it is written to a scenario file and read back; false for minus zero and inexact integers. */
export function fitsNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

/** True when a text is allowed as a key in a scenario file. */
export function fitsKey(key: string): boolean {
  return !FORBIDDEN.has(key) && !key.includes('${')
}

/**
 * True when `value`, parsed from the JSON `text`, says the same: no integer was too large to stay exact, and no key occurs twice. Digits after the
 * decimal point are not compared.
 */
export function isExact(text: string, value: unknown): boolean {
  let keys = 0
  for (const [, number, colon] of text.matchAll(TOKENS)) {
    if (number !== undefined && !fitsNumber(Number(number))) return false
    if (colon !== undefined) keys += 1
  }
  return keys === keysIn(value)
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce((count: number, item) => count + keysIn(item), 0)
  return isMap(value) ? inner + Object.keys(value).length : inner
}
