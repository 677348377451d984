import { expect, test } from 'vitest'
import { open } from './converted.ts'

test('servers of a path and of an operation', () => {
  const { requests } = open({
    '/files': { get: {} },
    '/files/content': { servers: [{ url: 'http://h/upload/2.0/' }], post: {}, put: { servers: [{ url: 'https://other/x' }] } },
    '/relative': { servers: [{ url: '/v9' }], get: {} },
    '/variable': { servers: [{ url: 'http://{who}/a', variables: { who: { enum: ['h', 'g'] } } }], get: {} },
  })
  expect(requests.map(({ path, url }) => path ?? url)).toEqual([
    '/2.0/files',
    '/upload/2.0/files/content',
    'https://other/x/files/content',
    '/v9/relative',
    '/a/variable',
  ])
})

test('optional parameters that are left out are named, each once', () => {
  const parameters = [
    { name: 'limit', in: 'query', schema: { type: 'integer' } },
    { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
    { name: 'q', in: 'query', example: 'a' },
    { name: 'id', in: 'path', required: true },
  ]
  const { notes } = open({ '/a/{id}': { get: { parameters }, head: { parameters } } })
  expect(notes).toContain('optional parameters without an example are left out: limit, X-Trace')
  expect(open({ '/a': { get: {} } }).notes.join()).not.toContain('left out')
})
