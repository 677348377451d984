import { describe, expect, test } from 'vitest'
import { array, get, open } from './converted.ts'

const param = (style: string | undefined, explode: boolean | undefined, example: unknown, place = 'query', name = 'ids') => ({
  name,
  in: place,
  required: true,
  example,
  schema: array,
  ...(style === undefined ? {} : { style }),
  ...(explode === undefined ? {} : { explode }),
})

const map = { R: 100, G: 'a b' }

describe('styles of parameters', () => {
  test.each([
    [undefined, undefined, ['a', 'b'], { path: '/2.0/p?ids=a&ids=b' }],
    ['form', false, ['a', 'b'], { query: { ids: 'a,b' } }],
    ['spaceDelimited', undefined, ['a', 'b'], { query: { ids: 'a b' } }],
    ['pipeDelimited', false, ['a', 'b'], { query: { ids: 'a|b' } }],
    ['deepObject', undefined, { state: 'open', n: [1] }, { query: { 'ids[state]': 'open', 'ids[n]': '1' } }],
    [undefined, undefined, map, { query: { R: '100', G: 'a b' } }],
    ['form', false, map, { query: { ids: 'R,100,G,a b' } }],
    [undefined, undefined, 'a&b', { query: { ids: 'a&b' } }],
  ])('query %s, explode %s, %j', (style, explode, example, request) => {
    expect(get('/p', [param(style, explode, example)])).toMatchObject(request)
  })

  test.each([
    [undefined, undefined, ['a', 'b c'], '/2.0/p/a,b%20c'],
    ['label', undefined, 'a', '/2.0/p/.a'],
    ['label', true, ['a', 'b'], '/2.0/p/.a.b'],
    ['label', true, map, '/2.0/p/.R=100.G=a%20b'],
    ['matrix', undefined, 'a/b', '/2.0/p/;ids=a%2Fb'],
    ['matrix', undefined, ['a', 'b'], '/2.0/p/;ids=a,b'],
    ['matrix', true, ['a', 'b'], '/2.0/p/;ids=a;ids=b'],
    ['matrix', true, map, '/2.0/p/;R=100;G=a%20b'],
    ['simple', undefined, map, '/2.0/p/R,100,G,a%20b'],
    ['simple', true, map, '/2.0/p/R=100,G=a%20b'],
  ])('path %s, explode %s, %j', (style, explode, example, path) => {
    expect(get('/p/{ids}', [param(style, explode, example, 'path')]).path).toBe(path)
  })

  test('headers and cookies', () => {
    const { target } = open({
      '/': {
        get: {
          parameters: [
            param(undefined, undefined, ['a', 'b c'], 'header', 'X-Ids'),
            param(undefined, false, 'v', 'cookie', 'shown'),
          ],
        },
      },
    })
    expect(target.headers).toEqual({ 'x-ids': 'a,b c', cookie: '${env.TARGET_COOKIE}' })
  })

  test('an optional query parameter is sent where the document shows a value of it', () => {
    const query = (name: string, more: object) => ({ name, in: 'query', ...more })
    const parameters = [
      query('own', { example: 'a' }),
      query('named', { examples: { one: { value: 2 } } }),
      query('schema', { schema: { type: 'string', example: 'c' } }),
      query('usual', { schema: { type: 'integer', default: 20 } }),
      query('bare', { schema: { type: 'string' } }),
      query('old', { deprecated: true, example: 'x' }),
      { name: 'x-optional', in: 'header', example: 'x' },
    ]
    const { requests, target } = open({ '/': { get: { parameters } } })
    expect(requests[0]?.query).toEqual({ own: 'a', named: '2', schema: 'c' })
    expect(target.headers).toBeUndefined()
  })

  test('parameters with a content type, and those that are named elsewhere', () => {
    const filter = { name: 'filter', in: 'query', required: true, content: { 'application/json': { example: { a: 1 } } } }
    const { requests } = open(
      { '/': { get: { parameters: [{ $ref: '#/components/parameters/filter' }] } } },
      { components: { parameters: { filter } } },
    )
    expect(requests[0]?.query).toEqual({ filter: '{"a":1}' })
  })

  test('forms', () => {
    const schema = { properties: { roles: { example: ['a', 'b'] }, ids: { example: [1, 2] }, map: { example: { a: 1 } } } }
    const content = { 'application/x-www-form-urlencoded': { schema, encoding: { ids: { explode: false } } } }
    const { requests } = open({ '/': { post: { requestBody: { content } } } })
    expect(requests[0]?.form).toEqual({ roles: ['a', 'b'], ids: '1,2', map: '{"a":1}' })
  })

  test('content types of their own', () => {
    const { requests } = open({
      '/a': { patch: { requestBody: { content: { 'application/json-patch+json': { example: [1] } } } } },
      '/b': { post: { requestBody: { content: { 'text/csv': { example: 'a,b' } } } } },
    })
    expect(requests).toMatchObject([
      { headers: { 'content-type': 'application/json-patch+json' }, json: [1] },
      { headers: { 'content-type': 'text/csv' }, body: 'a,b' },
    ])
  })
})
