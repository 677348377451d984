import { describe, expect, test } from 'vitest'
import { type ExpectItem, expectSchema } from '../../../src/metrics/check/check.ts'
import { lines, run, usage } from './reply.ts'

describe('the spellings of promptfoo', () => {
  test.each<[unknown, ExpectItem]>([
    [{ type: 'contains', value: 'order' }, { contains: 'order' }],
    [{ type: 'not-contains-any', value: ['a', 'b'] }, { 'not-contains-any': ['a', 'b'] }],
    [{ type: 'is-json' }, { 'is-json': true }],
    [{ type: 'not-is-json' }, { 'not-is-json': true }],
    [{ type: 'is-json', value: { type: 'object' } }, { 'is-json': { type: 'object' } }],
    [{ type: 'latency', threshold: 1000 }, { latency: { threshold: 1000 } }],
    [{ type: 'cost', threshold: 0.01 }, { cost: { threshold: 0.01 } }],
    [{ type: 'levenshtein', value: 'Hello', threshold: 3 }, { levenshtein: { to: 'Hello', max: 3 } }],
    [{ type: 'similar', value: 'Hello', threshold: 0.8 }, { similar: { to: 'Hello', threshold: 0.8 } }],
    [{ type: 'finish-reason', value: 'stop' }, { finish: 'stop' }],
    [{ type: 'max-tokens', value: 200 }, { tokens: 200 }],
    [{ type: 'not-is-refusal' }, { 'not-is-refusal': true }],
    [{ type: 'repetition', threshold: 0.4 }, { repetition: { threshold: 0.4 } }],
  ])('%j', (written, own) => {
    expect(lines(written)).toEqual([own])
  })

  test.each<[unknown, string[], string]>([
    [{ type: 'contians', value: 'a' }, ['type'], 'there is no check contians'],
    [{ type: 'contains', value: 5 }, ['value'], 'contains: '],
    [{ type: 'contains' }, ['type'], 'contains: '],
    [{ value: 'a' }, ['value'], 'value goes with type'],
  ])('%j is refused', (written, path, message) => {
    const [issue] = expectSchema.safeParse([written]).error?.issues ?? []
    expect(issue).toMatchObject({ path: [0, ...path], message: expect.stringContaining(message) })
  })

  test.each<[unknown, boolean]>([
    [{ latency: { threshold: 1000 } }, false],
    [{ latency: { threshold: '2s' } }, true],
    [{ tokens: 20 }, true],
    [{ tokens: '> 20' }, false],
    [{ tokens: '5..20' }, true],
    [{ latency: '2s..3s' }, false],
    [{ tokens: { threshold: 10 } }, true],
    [{ cost: 0.01 }, true],
    [{ cost: { threshold: 0.001 } }, false],
    [{ cost: '< 0.02' }, true],
  ])('%j: %s', (item, passed) => {
    const exchange = { usage: usage(10), cost: 0.005 }
    expect(run(item, { exchange }).passed).toBe(passed)
  })
})
