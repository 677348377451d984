import { describe, expect, test } from 'vitest'
import { rangeText } from '../../../src/cli/plan/render.ts'
import { planOf } from './forecast-of.ts'

const TOOL = { tools: [{ name: 'weather' }] }

describe('attempts of an iteration', () => {
  const message = { message: 'hi' }
  test.each<[string, unknown[], string]>([
    ['steps in a row', [message, { delay: '1s' }, message], '2'],
    ['a fixed loop', [{ loop: { times: 3, steps: [message, { loop: { times: 2, steps: [message] } }] } }], '9'],
    ['a loop bounded by its own max', [{ loop: { times: 30, max: 4, steps: [message] } }], '4'],
    ['a branch of equal sides', [{ if: 'true', then: [message], else: [message] }], '1'],
    ['a branch of different sides', [message, { if: 'true', then: [message, message] }], 'about 2 (at most 3)'],
    ['a loop whose number is drawn', [{ loop: { times: { min: 2, max: 4 }, steps: [message] } }], 'about 3 (at most 4)'],
    ['a loop with a condition', [{ loop: { while: 'true', max: 7, steps: [message] } }], 'at most 7'],
    ['replies that may call tools', [{ ...message, ...TOOL, toolReply: { '*': '1' }, toolRounds: 3 }], 'at most 4'],
    ['tools whose calls nobody answers', [{ ...message, ...TOOL }], '1'],
    ['a loop whose number is a template', [{ loop: { times: '{{n}}', max: 5, steps: [message] } }], 'at most 5'],
  ])('%s', (_, steps, expected) => {
    expect(rangeText(planOf({ steps }).iteration.attempts)).toBe(expected)
  })

  test('flows count by their weights', () => {
    const flows = [
      { name: 'a', weight: 3, steps: [message] },
      { name: 'b', weight: 1, steps: [message, message, message, message, message] },
    ]
    expect(planOf({ steps: undefined, flows }).iteration.attempts).toEqual({ least: 1, most: 5, likely: 2 })
  })

  test('setup and teardown are not part of it', () => {
    const { iteration } = planOf({ setup: [message], steps: [{ message: 'hi', name: 'only' }] })
    expect(iteration.steps.map(({ name }) => name)).toEqual(['only'])
  })
})
