/** Parses the right side of a threshold (a number with the metric's unit), and compares observed values with it. */

import type { MetricUnit } from '../../../result/schema.ts'
import { parseDuration, parseRate, parseSize } from '../../../text/units.ts'

/** The comparison operators of thresholds. */
export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const
/** The comparison operator between the observed value of a threshold and its limit, such as `<`. */
export type Operator = (typeof OPERATORS)[number]

const NUMBER = /^\d+(?:\.\d+)?$/
const THOUSANDS = /^(\d+(?:\.\d+)?)\s*(k|K|M)$/
const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/
const PRICE = /^[$€£]?(\d+(?:\.\d+)?)$/
const PER_SECOND = /^(\d+(?:\.\d+)?)\s*\/\s*s$/

/** An example of a value in each unit, for messages. */
const EXAMPLES: Readonly<Record<MetricUnit, string>> = {
  ms: 'a time with its unit, such as 800ms or 1.5s',
  ratio: 'a share, such as 1% or 0.01',
  per_second: 'a rate with its unit, such as 50/s or 90/m',
  tokens_per_second: 'a speed, such as 20 or 20/s',
  tokens: 'a number of tokens, such as 200 or 2k',
  bytes: 'a size, such as 4096, 64KiB or 1MB',
  count: 'a number, such as 10 or 2k',
  currency: 'a price, such as 0.02 or $0.02',
}

/** A parsed limit in the metric's unit; for an invalid text, a message that says what was expected. */
type ParsedLimit = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string }

/**
 * Parses the limit of a threshold, such as `800ms`, `1%`, `50/s`, `64KiB` or `2k`, to a number in the given unit. If the text is not a limit, or is a
 * ratio above `most`, returns a message that says what was expected.
 */
export function readLimit(unit: MetricUnit, text: string, most = 1): ParsedLimit {
  // A space before the unit is allowed: "800 ms" as well as "800ms".
  const value = READ[unit](text.trim().replace(/^(\d+(?:\.\d+)?)\s+(?=[a-zµ])/i, '$1'), most)
  return value === undefined
    ? {
        ok: false,
        message: `expected ${EXAMPLES[unit]}, got ${text.trim() === '' ? 'nothing' : `"${text.trim().slice(0, 40)}"`}`,
      }
    : { ok: true, value }
}

const READ: Readonly<Record<MetricUnit, (text: string, most: number) => number | undefined>> = {
  ms: parseDuration,
  ratio: share,
  per_second: parseRate,
  tokens_per_second: (text) => plainNumber(text) ?? matched(PER_SECOND, text),
  tokens: number,
  bytes: (text) => number(text) ?? parseSize(text),
  count: number,
  currency: (text) => matched(PRICE, text),
}

function plainNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

function matched(pattern: RegExp, text: string): number | undefined {
  const match = pattern.exec(text)
  return match ? Number(match[1]) : undefined
}

function number(text: string): number | undefined {
  const match = THOUSANDS.exec(text)
  return match ? Number(match[1]) * (match[2] === 'M' ? 1e6 : 1e3) : plainNumber(text)
}

function share(text: string, most: number): number | undefined {
  const percent = matched(PERCENT, text)
  const value = percent === undefined ? plainNumber(text) : percent / 100
  return value !== undefined && value <= most ? value : undefined
}

/** True when the observed value of a threshold meets its limit: 5 meets `< 8`. */
export function holds(observed: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return observed < limit
    case '<=':
      return observed <= limit
    case '>':
      return observed > limit
    case '>=':
      return observed >= limit
    case '==':
      return observed === limit
    case '!=':
      return observed !== limit
  }
}

/** True when a threshold with this operator (`<` or `<=`) sets an upper limit. */
export function isUpper(operator: Operator): boolean {
  return operator === '<' || operator === '<='
}
