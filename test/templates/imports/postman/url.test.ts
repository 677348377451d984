import { describe, expect, test } from 'vitest'
import { convert, get, variables } from './converted.ts'

describe('an address in parts', () => {
  test.each([
    [
      {
        host: ['{{baseUrl}}'],
        path: ['pet', ':petId'],
        query: [{ key: 'verbose', value: 'true' }],
        variable: [{ key: 'petId', value: '7' }],
      },
      'http://127.0.0.1:8080',
      '/api/pet/7',
      { verbose: 'true' },
    ],
    [
      { protocol: 'https', host: ['api', 'example', 'com'], port: '8443', path: ['v1', 'a b'] },
      'https://api.example.com:8443',
      '/v1/a b',
    ],
    [{ protocol: 'https:', host: 'h', path: '/x/y' }, 'https://h', '/x/y'],
    [{ host: 'h', path: 'x', port: 81 }, 'http://h:81', '/x'],
    [{ host: ['h'], path: [{ type: 'string', value: 'x' }, 'y'] }, 'http://h', '/x/y'],
    [{ host: ['h'] }, 'http://h', '/'],
    [
      {
        host: ['h'],
        query: [
          { key: 'a', value: '1', disabled: true },
          { key: 'b', value: null },
        ],
      },
      'http://h',
      '/?b',
    ],
    [
      {
        raw: 'http://h/:a/x?p=:a',
        variable: [
          { id: 'a', value: '9' },
          { key: 'a', value: '8', disabled: true },
        ],
      },
      'http://h',
      '/9/x',
      { p: ':a' },
    ],
    [{ raw: 'h:8080/a#part' }, 'http://h:8080', '/a'],
    ['http://h/a', 'http://h', '/a'],
  ])('%j', (url, origin, path, query?: unknown) => {
    const { scenario, step } = convert(get(url), variables({ baseUrl: 'http://127.0.0.1:8080/api' }))
    expect(scenario.target).toMatchObject({ url: origin })
    expect(step).toEqual({ method: 'GET', path, ...(query === undefined ? {} : { query }) })
  })

  test('a path variable without a value is told', () => {
    expect(convert(get({ host: ['h'], path: [':id'] })).notes).toContain('a: the path variable :id has no value')
  })
})
