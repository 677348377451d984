import { isTruthy, MAX_OUTPUT, toInteger, toNumber, toText } from './arguments.ts'
import type { TemplateHelper } from './helper.ts'

const text: readonly TemplateHelper[] = [
  {
    ...helper('repeat', 'text times', 'The text, repeated that many times', 2, repeat),
    check: ([value, times]) => times !== undefined && repeat(value === undefined ? ' ' : value, times),
  },
  helper('upper', 'text', 'In capitals', 1, (value) => toText(value).toUpperCase()),
  helper('lower', 'text', 'In small letters', 1, (value) => toText(value).toLowerCase()),
  helper('trim', 'text', 'Without the white space around it', 1, (value) => toText(value).trim()),
  helper('json', 'value', 'As JSON text', 1, (value) => JSON.stringify(value) ?? 'null'),
  helper('lookup', 'value key', 'The member or item of this name or number; nothing when there is none', 2, lookup),
  lenient(
    helper('default', 'value other', 'The value, or the other when the value is missing, null or empty', 2, (value, other) =>
      value === undefined || value === null || value === '' ? other : value,
    ),
  ),
]

const numbers: readonly TemplateHelper[] = [
  ofNumbers('add', 'a plus b', (a, b) => a + b),
  ofNumbers('sub', 'a minus b', (a, b) => a - b),
  ofNumbers('mul', 'a times b', (a, b) => a * b),
  ofNumbers('div', 'a divided by b', (a, b) => a / nonZero(b)),
  ofNumbers('mod', 'The remainder of a divided by b', (a, b) => a % nonZero(b)),
]

const conditions: readonly TemplateHelper[] = [
  helper('eq', 'a b', 'Whether both are the same; "1" is 1', 2, (a, b) => toText(a) === toText(b)),
  helper('ne', 'a b', 'Whether they differ', 2, (a, b) => toText(a) !== toText(b)),
  ofNumbers('lt', 'Whether a is less than b', (a, b) => a < b),
  ofNumbers('gt', 'Whether a is greater than b', (a, b) => a > b),
  lenient(helper('not', 'a', 'Whether a is false, 0, missing or empty', 1, (a) => !isTruthy(a))),
  lenient(helper('and', 'a b', 'Whether both are true', 2, (a, b) => isTruthy(a) && isTruthy(b))),
  lenient(helper('or', 'a b', 'Whether one of them is true', 2, (a, b) => isTruthy(a) || isTruthy(b))),
]

/** The template helpers for texts, numbers and conditions. */
export const textHelpers: readonly TemplateHelper[] = [...text, ...numbers, ...conditions]

function helper(
  name: string,
  args: string,
  description: string,
  count: number,
  run: (a: unknown, b: unknown) => unknown,
): TemplateHelper {
  return { name, args, description, arity: [count, count], run: ({ args: [a, b] }) => run(a, b) }
}

function lenient(strict: TemplateHelper): TemplateHelper {
  return { ...strict, lenient: true }
}

function ofNumbers(name: string, description: string, run: (a: number, b: number) => unknown): TemplateHelper {
  const compute = (a: unknown, b: unknown) => run(toNumber(a, 'a'), toNumber(b, 'b'))
  // For the check before a run, 1 stands in for an unknown number.
  return { ...helper(name, 'a b', description, 2, compute), check: ([a = 1, b = 1]) => compute(a, b) }
}

function nonZero(value: number): number {
  if (value === 0) throw new Error('division by zero')
  return value
}

function repeat(value: unknown, times: unknown): string {
  const text = toText(value)
  const count = toInteger(times, 'times', 0)
  if (text.length * count > MAX_OUTPUT) throw new Error(`the output would be longer than ${MAX_OUTPUT} characters`)
  return text.repeat(count)
}

function lookup(value: unknown, key: unknown): unknown {
  const name = toText(key)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name] // an own property was just seen
}
