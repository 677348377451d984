import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleNumber } from '../../../../src/templates/imports/openapi/sample-number.ts'

test.each<[Readonly<Record<string, unknown>>, number | undefined]>([
  [{}, 1],
  [{ minimum: 5 }, 5],
  [{ minimum: 5, exclusiveMinimum: true }, 6],
  [{ exclusiveMinimum: 5 }, 6],
  [{ maximum: -3 }, -3],
  [{ exclusiveMaximum: 0 }, -1],
  [{ minimum: 1, exclusiveMinimum: true, maximum: 1 }, undefined],
  [{ multipleOf: 7 }, 7],
  [{ minimum: 10, multipleOf: 7 }, 14],
  [{ maximum: 0, multipleOf: 7 }, 0],
  [{ minimum: 1e300 }, 1],
])('%j: %s', (schema, number) => expect(sampleNumber(schema, true)).toBe(number))

test('a fraction where only a fraction fits', () => {
  expect(sampleNumber({ exclusiveMinimum: 0, exclusiveMaximum: 1 }, false)).toBe(0.5)
  expect(sampleNumber({ exclusiveMinimum: 0, exclusiveMaximum: 1 }, true)).toBeUndefined()
  expect(sampleNumber({ minimum: 0.25, multipleOf: 0.1 }, false)).toBe(0.3)
})

test('what is found always fits', () => {
  const bound = fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined })
  fc.assert(
    fc.property(
      bound,
      bound,
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(undefined, 1, 3, 10),
      (minimum, maximum, low, high, multipleOf) => {
        const found = sampleNumber({ minimum, maximum, exclusiveMinimum: low, exclusiveMaximum: high, multipleOf }, true)
        if (found === undefined) return
        expect(Number.isInteger(found)).toBe(true)
        if (minimum !== undefined) expect(low ? found > minimum : found >= minimum).toBe(true)
        if (maximum !== undefined) expect(high ? found < maximum : found <= maximum).toBe(true)
        expect(Math.abs(found % (multipleOf ?? 1))).toBe(0)
      },
    ),
  )
})
