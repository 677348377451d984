import { expect, test } from 'vitest'
import { restore, roundsOf } from '../../../src/engine/user/walk.ts'
import { compileTemplate, TemplateError } from '../../../src/language/template/template.ts'
import { lengthsOf } from '../../../src/payloads/index.ts'
import { createRandom } from '../../../src/random.ts'
import type { LoopStep } from '../../../src/scenario/compile/plan.ts'

const rounds = (times: string | number | undefined, scope = {}) => {
  const step = { times: typeof times === 'string' ? compileTemplate(times) : times, max: 50 } as unknown as LoopStep
  return roundsOf(step, { scope, random: createRandom('s'), streamOf: () => createRandom('r') })
}

test('a number, what a template gives, or the most', () => {
  expect([rounds(3), rounds(undefined), rounds('{{n}}', { n: 4 }), rounds(' {{n}} ', { n: '0' })]).toEqual([3, 50, 4, 0])
})

test('a distribution is drawn from, by a stream of its own', () => {
  const step = { times: lengthsOf({ min: 2, max: 1000 }), max: 5000 } as unknown as LoopStep
  const drawn = createRandom('r').int(2, 1000)
  expect(roundsOf(step, { scope: {}, random: createRandom('s'), streamOf: () => createRandom('r') })).toBe(drawn)
})

test.each(['1.5', '-1', 'many', '', ' '])('%j rounds are an error of the scenario', (n) => {
  expect(() => rounds('{{n}}', { n })).toThrow(TemplateError)
  expect(() => rounds('{{n}}', { n })).toThrow('expected a whole number')
})

test('a variable gets back what it had, or goes', () => {
  const scope: Record<string, unknown> = { loop: 1 }
  restore(scope, 'loop', 0)
  expect(scope).toEqual({ loop: 0 })
  restore(scope, 'loop', undefined)
  expect('loop' in scope).toBe(false)
})
