import { describe, expect, test } from 'vitest'
import { compilePayload, payloadSchema } from '../../src/payloads/index.ts'

describe('the block', () => {
  test.each<[string, object, string]>([
    ['no types', { types: [] }, 'types'],
    ['an unknown type', { types: ['VIDEO'] }, 'types.0'],
    ['CUSTOM without fields', { types: [{ type: 'CUSTOM' }] }, 'custom'],
    ['CUSTOM with fields twice', { types: ['CUSTOM'], custom: {}, payloadFile: 'a.json' }, 'payloadFile'],
    ['a file without CUSTOM', { types: ['METRICS'], payloadFile: 'a.json' }, 'payloadFile'],
    ['a file without a name', { types: ['CUSTOM'], payloadFile: '' }, 'payloadFile'],
    ['an unknown key', { types: ['METRICS'], mod: 'x' }, ''],
    ['a weight of zero', { types: [{ type: 'METRICS', weight: 0 }] }, 'types.0.weight'],
  ])('%s is an error', (_name, spec, path) => {
    const { error } = payloadSchema.safeParse(spec)
    expect(error?.issues[0]?.path.join('.')).toBe(path)
  })

  test('it names the variables that its templates read', () => {
    const spec = payloadSchema.parse({ types: ['CUSTOM'], custom: { a: '{{order.id}}' } })
    expect(compilePayload(spec).variables).toEqual(['order'])
  })
})
