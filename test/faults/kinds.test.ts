/** What each kind of injected fault draws and changes. */
import { expect, test } from 'vitest'
import * as z from 'zod'
import { parsePlace } from '../../src/faults/form/place.ts'
import { type FaultSpec, faultForms, faultKinds, type Injection } from '../../src/faults/index.ts'
import { createRandom } from '../../src/random.ts'

const form = z.union(faultForms)
const specOf = (entry: object): FaultSpec => form.parse(entry)
const drawn = (entry: object, seed = 1): Injection => specOf({ probability: '5%', ...entry }).draw(createRandom(seed, 'fault'))

test('an entry is named by its key, and has the keys that all have', () => {
  const { kind, probability, from, until, steps, target } = specOf({
    ...{ delay: '1s', probability: '0.5%', from: '10s', until: '1m', steps: ['a'], target: 'x' },
  })
  expect({ kind, probability, from, until, steps, target }).toEqual({
    ...{ kind: 'delay', probability: 0.005, from: 10_000, until: 60_000, steps: ['a'], target: 'x' },
  })
  expect(faultKinds).toContain('drop')
})

test.each([
  ['a number is no percentage', { delay: '1s', probability: 0.05 }],
  ['no more than all', { delay: '1s', probability: '101%' }],
  ['an end before its beginning', { delay: '1s', probability: '5%', from: '10s', until: '10s' }],
  ['a range from high to low', { delay: '2s..1s', probability: '5%' }],
  ['no copies', { duplicate: 0, probability: '5%' }],
  ['a status that is no failure', { status: 200, probability: '5%' }],
  ['a path that is none', { drift: 'remove', path: '$..a', probability: '5%' }],
  ['a rename without a name', { drift: 'rename', path: '$.a', probability: '5%' }],
  ['a value that nothing takes', { drift: 'remove', path: '$.a', value: 1, probability: '5%' }],
  ['nothing cut off', { truncate: '0%', probability: '5%' }],
  ['an end of another kind', { drop: 'slow', probability: '5%' }],
])('refused: %s', (_, entry) => {
  expect(form.safeParse(entry).success).toBe(false)
})

test.each([
  ['a share', { delay: '1s', probability: 0.05 }, 'did you mean "5%" or "0.05%"?'],
  ['a share that is no round number in binary', { delay: '1s', probability: 0.07 }, 'did you mean "7%" or "0.07%"?'],
  ['a number of percent', { delay: '1s', probability: 5 }, 'did you mean "5%"?'],
  ['times', { delay: '2s..100ms', probability: '5%' }, 'did you mean "100ms..2s"?'],
  ['counts', { corrupt: '8..1', probability: '5%' }, 'did you mean "1..8"?'],
  ['too much', { truncate: '150%', probability: '5%' }, 'above 0% and up to 100%'],
])('the message says what may be meant: %s', (_, entry, words) => {
  expect(JSON.stringify(form.safeParse(entry).error?.issues).replaceAll('\\"', '"')).toContain(words)
})

test('ranges are drawn from end to end, by the seed', () => {
  const delays = Array.from({ length: 500 }, (_, seed) => drawn({ delay: '100ms..200ms' }, seed))
  const times = delays.flatMap((one) => (one.does === 'delay' ? [one.ms] : []))
  expect(times).toHaveLength(500)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(100)
  expect(Math.min(...times)).toBeLessThan(105)
  expect(Math.max(...times)).toBeLessThanOrEqual(200)
  expect(Math.max(...times)).toBeGreaterThan(195)
  expect(drawn({ delay: '100ms..200ms' }, 7)).toEqual(drawn({ delay: '100ms..200ms' }, 7))
})

test('copies and statuses are of all that are possible', () => {
  const injections = Array.from({ length: 100 }, (_, seed) => drawn({ duplicate: '1..3', gap: '5ms' }, seed))
  expect(new Set(injections.map((one) => JSON.stringify(one)))).toEqual(
    new Set([[5], [5, 5], [5, 5, 5]].map((gapsMs) => JSON.stringify({ does: 'duplicate', gapsMs }))),
  )
  const answers = Array.from({ length: 100 }, (_, seed) => drawn({ status: [500, 429], retryAfter: '2s' }, seed))
  expect(new Set(answers.map((one) => one.does === 'answer' && one.status))).toEqual(new Set([500, 429]))
  expect(drawn({ status: 503 })).toEqual({ does: 'answer', status: 503, retryAfterMs: undefined })
})

const PAYLOAD = { id: 7, user: { name: 'Ann', tags: ['a', 'b'] }, items: [{ n: 1 }, { n: 2 }], on: true, gone: null }

test.each<[string, object, unknown]>([
  ['add', { drift: 'add', path: '$.user.extra', value: 1 }, { ...PAYLOAD, user: { ...PAYLOAD.user, extra: 1 } }],
  [
    'add to a list',
    { drift: 'add', path: '$.user.tags[1]', value: 'x' },
    { ...PAYLOAD, user: { name: 'Ann', tags: ['a', 'x', 'b'] } },
  ],
  ['add what is there', { drift: 'add', path: '$.id', value: 1 }, undefined],
  ['remove', { drift: 'remove', path: 'user.name' }, { ...PAYLOAD, user: { tags: ['a', 'b'] } }],
  ['remove from each entry', { drift: 'remove', path: '$.items[*].n' }, { ...PAYLOAD, items: [{}, {}] }],
  ['remove all entries', { drift: 'remove', path: '$.items[*]' }, { ...PAYLOAD, items: [] }],
  ['remove what is not there', { drift: 'remove', path: '$.user.age' }, undefined],
  ['rename', { drift: 'rename', path: "$['id']", to: 'key' }, { ...without('id'), key: 7 }],
  ['retype a number', { drift: 'retype', path: '$.id' }, { ...PAYLOAD, id: '7' }],
  ['retype a text', { drift: 'retype', path: '$.user.name' }, { ...PAYLOAD, user: { ...PAYLOAD.user, name: ['Ann'] } }],
  ['retype true', { drift: 'retype', path: '$.on' }, { ...PAYLOAD, on: 'true' }],
  ['retype null', { drift: 'retype', path: '$.gone' }, { ...PAYLOAD, gone: {} }],
  ['retype a map', { drift: 'retype', path: '$.items[0]' }, { ...PAYLOAD, items: ['{"n":1}', { n: 2 }] }],
  ['retype by a value', { drift: 'retype', path: '$.id', value: null }, { ...PAYLOAD, id: null }],
])('drift: %s', (_, entry, expected) => {
  const before = structuredClone(PAYLOAD)
  const injection = drawn(entry)
  const found = injection.does === 'drift' ? injection.change(PAYLOAD) : undefined
  expect(found?.changed).toEqual(expected)
  expect(PAYLOAD).toEqual(before)
})

function without(name: keyof typeof PAYLOAD): object {
  const { [name]: _, ...rest } = PAYLOAD
  return rest
}

test('a path does not reach a prototype', () => {
  const injection = drawn({ drift: 'add', path: '$.__proto__', value: { a: 1 } })
  expect(injection.does === 'drift' && injection.change({})).toBeUndefined()
  expect(parsePlace('$')).toBeUndefined()
})

test('corrupt changes as many bytes as it says, whatever is drawn', () => {
  const payload = Buffer.from('0123456789')
  const changedBytes = (entry: object, seed: number) => {
    const injection = drawn(entry, seed)
    const bytes = injection.does === 'alter' ? injection.change(payload) : undefined
    expect(bytes).toHaveLength(10)
    return [...payload].filter((byte, i) => byte !== bytes?.[i]).length
  }
  expect(Array.from({ length: 50 }, (_, seed) => changedBytes({ corrupt: 4 }, seed))).toEqual(Array(50).fill(4))
  expect(changedBytes({ corrupt: 100 }, 1)).toBe(10)
  expect(payload.toString()).toBe('0123456789')
})

test.each([
  ['50%', 'abcd', 'ab'],
  ['100%', 'abcd', ''],
  ['1%', 'abcd', 'abc'],
])('truncate %s of %s leaves %s', (share, text, left) => {
  const injection = drawn({ truncate: share })
  const bytes = injection.does === 'alter' ? injection.change(Buffer.from(text)) : undefined
  expect(bytes?.toString()).toBe(left)
})
