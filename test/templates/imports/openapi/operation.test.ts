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
