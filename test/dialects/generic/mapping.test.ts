import { describe, expect, test } from 'vitest'
import { generic } from '../../../src/dialects/generic.ts'

describe('schema', () => {
  const parse = (value: unknown) => generic.mapping.safeParse(value)
  test('takes a full mapping', () => {
    expect(
      parse({ request: { structure: { a: [1] }, messagePath: 'a.0' }, response: { text: '$.a', end: { data: 'x' } } }).success,
    ).toBe(true)
  })
  test('[*] is for replies', () => {
    expect(parse({ response: { text: '$.a[*].b', usage: { input: 'u[*].n' }, end: { path: 'e[*]' } } }).success).toBe(true)
    for (const key of ['messagePath', 'historyPath', 'systemPath']) {
      const { error } = parse({ request: { [key]: '$.a[*].b' } })
      expect(error?.issues).toMatchObject([
        { path: ['request', key], message: expect.stringContaining('[*] stands for the first match in a reply') },
      ])
    }
  })

  test.each([
    [{ response: { text: '$..a' } }],
    [{ response: { txt: '$.a' } }],
    [{ request: { messagePath: 'a[*]' } }],
    [{ response: { end: {} } }],
    [{ response: { transform: 'xml' } }],
  ])('refuses %j', (value) => {
    expect(parse(value).success).toBe(false)
  })
})
