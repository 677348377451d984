import type { Data } from '../../template.ts'
import { fitsNumber } from '../request/fits.ts'

interface Bound {
  readonly value: number
  /** True when the bound of a number itself is not an allowed value. */
  readonly open: boolean
}

/** Reads a bound of a schema in the form of OpenAPI 3.0 (`exclusiveMinimum: true`) or 3.1 (`exclusiveMinimum: 0`); undefined for none. */
function boundOf(inclusive: unknown, exclusive: unknown): Bound | undefined {
  const number = typeof exclusive === 'number' ? exclusive : inclusive
  // A bound too large for exact numbers is ignored.
  if (typeof number !== 'number' || Math.abs(number) > Number.MAX_SAFE_INTEGER) return undefined
  return { value: number, open: typeof exclusive === 'number' || exclusive === true }
}

/**
 * Returns a sample value for a number in an OpenAPI schema (an integer if `whole`): the schema's lower limit, or 1 if it has none; another number if
 * the schema does not allow that one. Undefined when no number fits.
 */
export function sampleNumber(schema: Data, whole: boolean): number | undefined {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = schema
  const [low, high] = [boundOf(minimum, exclusiveMinimum), boundOf(maximum, exclusiveMaximum)]
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : whole ? 1 : undefined
  const found = step === undefined ? between(low, high) : multiple(step, low, high)
  return fitsNumber(found) && within(found, low, high) ? found : undefined
}

function within(value: number, low: Bound | undefined, high: Bound | undefined): boolean {
  const above = low === undefined || value > low.value || (!low.open && value === low.value)
  return above && (high === undefined || value < high.value || (!high.open && value === high.value))
}

function between(low: Bound | undefined, high: Bound | undefined): number {
  if (low === undefined) return high === undefined || within(1, low, high) ? 1 : high.value - (high.open ? 1 : 0)
  if (!low.open) return low.value
  return within(low.value + 1, low, high) || high === undefined ? low.value + 1 : (low.value + high.value) / 2
}

function multiple(step: number, low: Bound | undefined, high: Bound | undefined): number {
  if (low !== undefined) {
    const first = times(Math.ceil(low.value / step), step)
    return within(first, low, undefined) ? first : times(Math.ceil(low.value / step) + 1, step)
  }
  const usual = times(Math.ceil(1 / step), step)
  if (high === undefined || within(usual, undefined, high)) return usual
  const last = times(Math.floor(high.value / step), step)
  return within(last, undefined, high) ? last : times(Math.floor(high.value / step) - 1, step)
}

/** Multiplies two numbers and rounds to 15 digits, so that 3 × 0.1 is 0.3. */
const times = (count: number, step: number) => Number((count * step).toPrecision(15))
