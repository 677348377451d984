import { describe, expect, test } from 'vitest'
import { type ExpectItem, statusMatcher } from '../../../src/metrics/check/check.ts'
import { run } from './reply.ts'

describe('status, headers, finish', () => {
  test.each<[ExpectItem, number | undefined, boolean]>([
    [{ status: 200 }, 200, true],
    [{ status: 200 }, 201, false],
    [{ status: '2xx' }, 204, true],
    [{ status: '2XX' }, 301, false],
    [{ status: [200, '4xx'] }, 404, true],
    [{ status: [200, '4xx'] }, 500, false],
    [{ status: '404' }, 404, true],
    [{ status: 0 }, 0, true],
    [{ status: 200 }, undefined, false],
  ])('%j of %s: %s', (item, status, passed) => {
    expect(run(item, { exchange: { status } })).toEqual({
      passed,
      observed: status === undefined ? 'no status' : `status ${status}`,
    })
  })

  test('a matcher for the runner', () => {
    expect([200, 299, 300].map(statusMatcher('2xx'))).toEqual([true, true, false])
  })

  const headers = { 'content-type': 'application/json; charset=utf-8', 'x-id': 'abc-1' }
  test.each<[ExpectItem, boolean, string]>([
    [{ header: 'X-Id' }, true, 'x-id: abc-1'],
    [{ header: 'x-none' }, false, 'no header x-none'],
    [{ header: { name: 'x-none', exists: false } }, true, 'no header x-none'],
    [{ header: { name: 'x-id', exists: false } }, false, 'x-id: abc-1'],
    [{ header: { name: 'Content-Type', contains: 'json' } }, true, 'content-type: application/json; charset=utf-8'],
    [{ header: { name: 'x-id', equals: 'abc' } }, false, 'x-id: abc-1'],
    [{ header: { name: 'x-id', equals: 'abc-1', matches: '^[a-z]+-\\d$' } }, true, 'x-id: abc-1'],
    [{ header: { name: 'x-id', matches: '^\\d' } }, false, 'x-id: abc-1'],
    [{ header: '__proto__' }, false, 'no header __proto__'],
  ])('%j: %s', (item, passed, observed) => {
    expect(run(item, { exchange: { headers } })).toEqual({ passed, observed })
  })

  test.each<[ExpectItem, string | undefined, boolean]>([
    [{ finish: 'stop' }, 'stop', true],
    [{ finish: ['stop', 'end_turn'] }, 'end_turn', true],
    [{ finish: 'stop' }, 'length', false],
    [{ finish: 'stop' }, undefined, false],
  ])('%j of %s: %s', (item, finishReason, passed) => {
    expect(run(item, { exchange: { finishReason } }).passed).toBe(passed)
  })
})

describe('json', () => {
  const body = { id: 7, ratio: 0.5, name: 'Ada', tags: ['a', 'b'], nested: { ok: true, none: null }, items: [{ n: 1 }, { n: 2 }] }
  test.each<[ExpectItem['json'], boolean]>([
    ['$.name', true],
    ['$.none', false],
    ['$.nested.none', true],
    [{ path: '$.missing', exists: false }, true],
    [{ path: '$.name', exists: false }, false],
    [{ path: '$.name', equals: 'Ada' }, true],
    [{ path: '$.id', equals: 7 }, true],
    [{ path: '$.id', equals: '7' }, false],
    [{ path: '$.nested', equals: { none: null, ok: true } }, true],
    [{ path: '$.nested.none', equals: null }, true],
    [{ path: '$.name', 'not-equals': 'Bob' }, true],
    [{ path: '$.name', contains: 'd' }, true],
    [{ path: '$.tags', contains: 'b' }, true],
    [{ path: '$.tags', contains: 'c' }, false],
    [{ path: '$.items', contains: { n: 2 } }, true],
    [{ path: '$.id', contains: '7' }, false],
    [{ path: '$.name', matches: '^A' }, true],
    [{ path: '$.id', matches: '^7$' }, true],
    [{ path: '$.name', type: 'string' }, true],
    [{ path: '$.id', type: 'integer' }, true],
    [{ path: '$.id', type: 'number' }, true],
    [{ path: '$.ratio', type: 'integer' }, false],
    [{ path: '$.tags', type: 'array' }, true],
    [{ path: '$.tags', type: 'object' }, false],
    [{ path: '$.nested.none', type: 'null' }, true],
    [{ path: '$.nested.ok', type: 'boolean' }, true],
    [{ path: '$.id', gt: 6, lte: 7 }, true],
    [{ path: '$.id', gt: 7 }, false],
    [{ path: '$.id', gte: 7, lt: 8 }, true],
    [{ path: '$.id', lt: 7 }, false],
    [{ path: '$.name', gt: 1 }, false],
    [{ path: '$.items[*].n', equals: 1 }, true],
    [{ path: '$.items[-1].n', equals: 2 }, true],
  ])('%j: %s', (json, passed) => {
    expect(run({ json }, { body }).passed).toBe(passed)
  })

  test('what was seen', () => {
    expect(run({ json: { path: '$.nested', equals: 1 } }, { body }).observed).toBe('{"ok":true,"none":null}')
    expect(run({ json: '$.missing' }, { body }).observed).toBe('nothing at this path')
    expect(run({ json: { path: '$.a', exists: false } }, { body: undefined })).toEqual({
      passed: false,
      observed: 'the reply is not JSON',
    })
  })

  test('in: text looks into the generated text alone', () => {
    expect(run({ json: { path: '$.city', in: 'text', equals: 'Rome' } }, { body, text: '{"city":"Rome"}' }).passed).toBe(true)
    expect(run({ json: { path: '$.name', in: 'text' } }, { body, text: 'plain' }).observed).toBe('the reply is not JSON')
  })

  test('a path that asks for too much work fails the check, not the run', () => {
    const wide = Array.from({ length: 200 }, () => Array.from({ length: 1000 }, () => 1))
    expect(run({ json: '$..*[?@.x == 1]' }, { body: wide })).toMatchObject({
      passed: false,
      observed: expect.stringContaining('more than'),
    })
  })
})
