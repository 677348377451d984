import { expect, test } from 'vitest'
import { bounded, isAddress, sendable } from '../../../../src/templates/imports/request/sendable.ts'

const request = (more: object = {}) => ({ name: 'r', method: 'GET', url: 'http://h/a', headers: [], body: undefined, ...more })
function kept(more: object) {
  const notes: string[] = []
  try {
    return { kept: sendable([request(more)], notes)[0], notes }
  } catch {
    return { kept: undefined, notes }
  }
}

test.each<[object, string]>([
  [{ method: 'CONNECT' }, 'r was left out: its method is "CONNECT"'],
  [{ method: 'get' }, 'r was left out: its method is "get"'],
  [{ url: 'ftp://h/a' }, 'r was left out: "ftp://h/a" is no address of HTTP'],
  [{ url: 'http://' }, 'r was left out: "http://" is no address of HTTP'],
  [{ body: { kind: 'text', text: `{{${' '.repeat(70_000)}` } }, 'r was left out: its body holds {{ and is longer than 64 KiB'],
])('%j', (more, note) => expect(kept(more)).toEqual({ kept: undefined, notes: [note] }))

test('headers of the connection go, those that cannot be sent are told', () => {
  const headers = [
    ['Host', 'h'],
    ['Content-Length', '1'],
    ['sec-fetch-mode', 'cors'],
    ['X-A', 'ä'],
    ['X-E', '日'],
    ['a b', 'c'],
    ['x-n', 'a\nb'],
  ]
  const made = kept({ headers })
  expect(made.kept?.headers).toEqual([
    ['Host', 'h'],
    ['X-A', 'ä'],
    ['X-E', Buffer.from('日').toString('latin1')],
  ])
  expect(made.notes).toEqual([
    'r: the header "a b" cannot be sent, and was left out',
    'r: the header "x-n" cannot be sent, and was left out',
  ])
})

test.each([
  ['http://{{host}}/a', true],
  ['{{base}}/a', true],
  ['http://h:{{port}}/a', true],
  ['http://h:${env.PORT}/a', true],
  ['http://h:x/a', false],
  ['//h/a', false],
])('%s is an address: %s', (url, is) => expect(isAddress(url, /^https?:\/\//i)).toBe(is))

test('as many steps as fit, in their order; those that are too large are told', () => {
  const notes: string[] = []
  const big = [{ message: 'x'.repeat(700_000) }]
  expect(bounded([[{ message: 'a' }], big, [{ message: 'b' }]], notes)).toEqual([{ message: 'a' }, { message: 'b' }])
  expect(notes).toEqual(['1 of 3 requests were left out: a scenario holds 1000 steps and 1 MiB at most'])
  expect(() => bounded([big], [])).toThrow('no request in it is small enough')
})
