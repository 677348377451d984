/** What a scenario file can hold: values beyond it are written as text. */

import { MAX_KEYS } from '../../../scenario/read/limits.ts'
import { isMap } from '../../../text/json.ts'

/** A body stands some levels deep in its file already. */
const MAX_LEVELS = 40
const MAX_ITEMS = 10_000
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', '<<'])
const TOKENS = /"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(:)/g

/** Whether a value stays what it is on its way through a scenario file. */
export function fitsFile(value: unknown): boolean {
  return countOf(value, MAX_LEVELS) <= MAX_ITEMS
}

/** Values in it; infinity when something in it does not fit. */
function countOf(value: unknown, levels: number): number {
  if (typeof value === 'number') return fitsNumber(value) ? 1 : Number.POSITIVE_INFINITY
  if (typeof value !== 'object' || value === null) return 1
  if (levels === 0) return Number.POSITIVE_INFINITY
  if (isMap(value) && !Object.keys(value).every(fitsKey)) return Number.POSITIVE_INFINITY
  const items = Object.values(value)
  if (isMap(value) && items.length > MAX_KEYS) return Number.POSITIVE_INFINITY
  return items.reduce((count: number, item) => count + countOf(item, levels - 1), 1)
}

/** Whether a number is read as it is written; minus zero is not. */
export function fitsNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

/** Whether a scenario file can have such a key. */
export function fitsKey(key: string): boolean {
  return !FORBIDDEN.has(key) && !key.includes('${')
}

/** Whether a JSON text says no more than the value that was read from it: no number with more digits, no key twice. */
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
