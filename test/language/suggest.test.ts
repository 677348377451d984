import { expect, test } from 'vitest'
import { nearest } from '../../src/language/suggest.ts'

const names = ['rate', 'users', 'maxUsers', 'whenFull', 'arrivals', 'first_token', 'idle-timeout', 'for', 'if']

test.each([
  ['rat', 'rate'],
  ['raet', 'rate'],
  ['Users', 'users'],
  ['MAXUSERS', 'maxUsers'],
  ['max_users', 'maxUsers'],
  ['max-users', 'maxUsers'],
  ['whenFul', 'whenFull'],
  ['firstToken', 'first_token'],
  ['idleTimeout', 'idle-timeout'],
  ['arivalls', 'arrivals'],
  ['ofr', 'for'],
  ['fi', 'if'],
  ['xyz', undefined],
  ['x', undefined],
  ['', undefined],
  ['fr', 'for'],
  ['arrivalsandmore', 'arrivals'],
  ['arriv', 'arrivals'],
  ['arri', undefined],
  ['users1234', 'users'],
])('%s is near %s', (word, expected) => expect(nearest(word, names)).toBe(expected))

test('long words are not compared', () => expect(nearest('a'.repeat(101), ['a'.repeat(101)])).toBeUndefined())

test('the nearest wins, then the first', () => {
  expect(nearest('tests', ['best', 'rests', 'tests2'])).toBe('rests')
  expect(nearest('abcd', ['abcx', 'abcy'])).toBe('abcx')
})

test('the distance can be set', () => {
  expect(nearest('protocal', ['protocol'], 0)).toBeUndefined()
  expect(nearest('prtcl', ['protocol'], 3)).toBeUndefined()
  expect(nearest('prtocl', ['protocol'], 3)).toBe('protocol')
})
