import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { expectSchema, isCostly } from '../../../src/metrics/check/check.ts'
import { lines } from './reply.ts'

describe('schema', () => {
  test('each key becomes a line of its own', () => {
    expect(lines({ status: 200, contains: 'order', ttft: '< 1s' })).toEqual([
      { status: 200 },
      { contains: 'order' },
      { ttft: '< 1s' },
    ])
  })

  test.each<[unknown, string]>([
    [{ ttft: '1s' }, '"1s" is not a bound on ttft; write "< 1s" or a range such as "low..high"'],
    [{ output_tokens: '10' }, '"10" is not a bound on output_tokens; write "> 10" or a range such as "low..high"'],
    [{ ttft: '< 800' }, 'a bound on ttft: expected a time with its unit, such as 800ms or 1.5s, got "800"'],
    [{ output_tokens: '< 1s' }, 'a bound on output_tokens: expected a number of tokens'],
    [{ ttft: '=< 1s' }, '"=<" in "=< 1s" is not a comparison'],
    [{ ttft: '2s..1s' }, 'the range "2s..1s" begins above its end'],
    [{ latency: '5 parsecs' }, 'is not a bound on response_time'],
    [{ itl: '< 1s' }, 'one reply has many gaps; use stall (the longest) or tpot (the mean), or a threshold on itl'],
    [{ javascript: 'true' }, 'no script of a scenario is run; use expression (CEL)'],
    [{ regex: 'a(' }, 'bad pattern'],
    [{ json: { path: '$.a', matches: '[' } }, ''],
    [{ expression: 'a &&' }, ''],
    [{ status: '2x' }, ''],
    [{ status: 'ok' }, ''],
    [{ contains: '' }, 'expected some text'],
    [{ 'contains-any': [] }, ''],
    [{ ttft: '< 0ms' }, '"< 0ms" on ttft: this can never hold'],
    [{ ttft: '<= 0ms' }, '"<= 0ms" on ttft: this can never hold'],
    [{ latency: '0s' }, 'on response_time: this can never hold'],
    [{ output_tokens: '1.2..1.8' }, '"1.2..1.8" on output_tokens: this can never hold'],
    [{ json: { path: '$.a', gt: '2024-01-01' } }, 'expected a number, or a template that makes one'],
    [{ json: { path: '$.a', lt: '1e999' } }, 'expected a number'],
    [{ 'word-count': {} }, ''],
    [{ 'word-count': { min: 5, max: 1 } }, 'must not be below `min`'],
    [{ similar: { to: 'a', threshold: 2 } }, ''],
    [{ nonsense: 1 }, ''],
    [{}, 'expected at least one check, such as status: 200'],
  ])('%j is refused', (item, message) => {
    const { error } = expectSchema.safeParse([item])
    expect(error).toBeDefined()
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1))
  })

  test.each([
    { 'word-count': { min: 5, max: 5 } },
    { 'word-count': { max: 1 } },
    { json: { path: '$.a', gte: 3, lte: '3' } },
    { json: { path: '$.a', gt: '{{a}}', lt: 1 } },
    { queue_wait: '<= 0ms' },
    { ttft: '>= 0ms' },
  ])('%j may hold', (item) => {
    expect(expectSchema.safeParse([item]).error).toBeUndefined()
  })

  test('a place inside an expression is told', () => {
    expect(expectSchema.safeParse([{ regex: 'ok a(' }]).error?.issues[0]).toMatchObject({
      path: [0, 'regex'],
      params: { offset: expect.any(Number), length: 1 },
    })
  })

  test('every field is described, and the JSON Schema can be made', () => {
    const schema = z.toJSONSchema(expectSchema, { io: 'input' })
    const item = schema.items as z.core.JSONSchema.JSONSchema
    const bare = Object.entries(item.properties ?? {}).filter(([, field]) => typeof field === 'object' && !field.description)
    expect(bare.map(([name]) => name)).toEqual([])
    expect(Object.keys(item.properties ?? {})).toContain('ttft')
  })
})

test.each([
  [{ contains: 'a' }, false],
  [{ status: 200 }, false],
  [{ ttft: '< 1s' }, false],
  [{ 'tool-call': 'a' }, false],
  [{ similar: 'a' }, true],
  [{ 'not-loop': true }, true],
  [{ regex: 'a' }, true],
  [{ 'assert-set': { assert: [{ contains: 'a' }] } }, true],
])('%j takes long for a long reply: %s', (line, costly) => {
  expect(lines(line).some(isCostly)).toBe(costly)
})
