import { describe, expect, test } from 'vitest'
import { run } from './reply.ts'

describe('expressions', () => {
  test.each([
    ['reply.text.contains("order") && reply.status == 200', true, 'true'],
    ['reply.text.size() < 3', false, 'false'],
  ])('%s: %s', (expression, passed, observed) => {
    expect(run({ expression }, { text: 'an order', exchange: { status: 200 } })).toEqual({ passed, observed })
  })

  test('one that breaks on a reply fails the check, not the run', () => {
    expect(run({ expression: 'reply.nothing == 1' }, {}).passed).toBe(false)
    expect(run({ expression: 'reply.text' }, { text: 'x' })).toMatchObject({
      passed: false,
      observed: expect.stringContaining('not true or false'),
    })
  })
})
