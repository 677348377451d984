import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atOnce } from '../../src/pieces.ts'
import { jsonInPieces } from '../../src/store/json-pieces.ts'
import { jsonFileText } from '../../src/text/escape.ts'
import { RESULTS } from '../report/results.ts'
import { huge } from './attempts.ts'

const whole = (value: unknown) => `${jsonFileText(JSON.stringify(value, null, 2))}\n`

test.each(Object.entries({ ...RESULTS, huge }))('%s: the text is that of JSON.stringify', (_, result) => {
  expect(atOnce(jsonInPieces(result)).join('')).toBe(whole(result))
})

test('any value, and fields without one', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      expect(atOnce(jsonInPieces(value)).join('')).toBe(whole(value))
    }),
  )
  const value = { a: undefined, b: [undefined, 1], c: {}, d: [], e: { f: undefined }, g: 'two\nlines' }
  expect(atOnce(jsonInPieces(value)).join('')).toBe(whole(value))
})

test('parts are small, and so is the work between two stops', () => {
  const value = { steps: Array.from({ length: 500 }, (_, i) => ({ name: `s${i}`, histogram: 'x'.repeat(1000) })) }
  let most = 0
  const work = jsonInPieces(value)
  let step = work.next()
  for (; !step.done; step = work.next()) most = Math.max(most, step.value)
  expect(most).toBeLessThan(200)
  expect(step.value.length).toBeGreaterThan(5)
  for (const part of step.value) expect(part.length).toBeLessThan(70_000)
})
