import { expect, test } from 'vitest'
import { Incoming } from '../../../../src/connectors/websocket/options/incoming.ts'
import {
  compilePredicate,
  type PredicateBlock,
  predicateSchema,
  writablePath,
} from '../../../../src/connectors/websocket/options/predicate.ts'

const MESSAGE = '{"type":"done","n":0,"list":[1,2],"none":null}'
test.each<[PredicateBlock, boolean]>([
  [{ contains: 'done' }, true],
  [{ contains: 'Done' }, false],
  [{ path: '$.type' }, true],
  [{ path: '$.gone' }, false],
  [{ path: '$.none' }, true],
  [{ path: '$.gone', exists: false }, true],
  [{ path: '$.type', equals: 'done' }, true],
  [{ path: '$.n', equals: 0 }, true],
  [{ path: '$.n', equals: '0' }, false],
  [{ path: '$.none', equals: null }, true],
  [{ path: '$.type', contains: 'on' }, true],
  [{ path: '$.list', contains: '1,2' }, true],
])('%j: %s', (block, fits) => {
  expect(predicateSchema.safeParse(block).success).toBe(true)
  expect(compilePredicate(block)(new Incoming(Buffer.from(MESSAGE)))).toBe(fits)
})

test('in a message that is no JSON nothing has a path', () => {
  const message = new Incoming(Buffer.from('hello'))
  expect(compilePredicate({ path: '$.type' })(message)).toBe(false)
  expect(compilePredicate({ path: '$.type', exists: false })(message)).toBe(true)
  expect(compilePredicate({ contains: 'ell' })(message)).toBe(true)
})

test.each([{}, { equals: 1 }, { contains: 'a', exists: true }, { path: '$.a', equals: 1, contains: 'a' }, { path: '$[' }])(
  '%j is refused',
  (block) => expect(predicateSchema.safeParse(block).success).toBe(false),
)

test.each([
  ['$.meta.id', true],
  ['id', true],
  ['$.a[0]', false],
  ['$', false],
  ['a b', false],
])('%s can be written: %s', (path, can) => expect(writablePath().safeParse(path).success).toBe(can))
