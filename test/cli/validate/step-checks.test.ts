import { describe, expect, test } from 'vitest'
import { generic, REPLY, readingOf } from './reading-of.ts'

describe('steps', () => {
  const base = generic({ text: '$.choices[0].message.content' })
  const step = (own: object) => readingOf({ ...base, steps: [{ message: 'hi', ...own }] }, REPLY)

  test.each([
    ['$.conversation.uuid', 'found: "c-1"'],
    ['$.conversation.id', 'missing: nothing'],
    ['$..role', 'found: "assistant"'],
    ['/Order (\\d+)/', 'found: "17"'],
    ['/order no (\\d+)/', 'missing: nothing'],
    ['header:x-id', 'open: not in a sample'],
    ['text', 'found: "Order 17 is late"'],
    ['usage:output', 'found: 5'],
  ])('capture %s: %s', (source, state) => {
    expect(step({ capture: { x: source } }).checks.at(-1)).toMatchObject({ place: ['steps', 0, 'capture', 'x'], state: state.split(':')[0], said: state.slice(state.indexOf(':') + 2) })
  }) // biome-ignore format: a table

  test('a capture with a default may find nothing', () => {
    const { checks, findings } = step({ capture: { x: { json: '$.nope', default: 1 } } })
    expect(checks.at(-1)).toMatchObject({ place: ['steps', 0, 'capture', 'x', 'json'], state: 'open' })
    expect(findings).toEqual([])
  })

  test.each([
    [{ json: '$.choices[0].message.content' }, []],
    [{ json: '$.choices[0].content' }, [['steps', 0, 'expect', 1, 'json']]],
    [{ json: { path: '$.usage.total', gt: 1 } }, [['steps', 0, 'expect', 1, 'json', 'path']]],
    [{ json: { path: '$.error', exists: false } }, []],
    [{ json: { path: '$.id', exists: false } }, [['steps', 0, 'expect', 1, 'json', 'path']]],
    [{ json: { path: '$.{{user.id}}' } }, []],
  ])('expect %j', (item, places) => {
    expect(step({ expect: [{ status: 200 }, item] }).findings.map(({ path }) => path)).toEqual(places)
  })

  test('what needs the text is not blamed for a wrong path to it', () => {
    const own = { ...generic({ text: '$.nowhere.at.all' }), steps: [{ message: 'hi', capture: { n: '/(\\d+)/', id: '$.id' } }] }
    const reading = readingOf(own, REPLY)
    expect(reading.findings.map(({ path }) => path)).toEqual([['target', 'response', 'text']])
    expect(reading.checks.map(({ state }) => state)).toEqual(['missing', 'open', 'found'])
  })

  test('the id of a conversation', () => {
    const conversation = { id: { from: '$.conversation.id', sendAs: 'header:x-id' } }
    expect(readingOf({ ...base, conversation }, REPLY).findings).toMatchObject([
      { path: ['conversation', 'id', 'from'], hint: expect.stringContaining('$.conversation.uuid') },
    ])
  })

  const mixed = {
    ...base,
    setup: [{ request: { method: 'GET' }, name: 'login', capture: { token: '$.token' } }],
    steps: [
      { message: 'hi', name: 'ask' },
      { request: { method: 'GET' }, name: 'list', capture: { first: '$.items[0].id' } },
    ],
  }

  test('a sample is the reply of messages, unless a step is named', () => {
    expect(readingOf(mixed, REPLY)).toMatchObject({ findings: [], leftOut: ['list', 'login'] })
    const list = readingOf(mixed, { items: [{ id: 5 }] }, { step: 'list' })
    expect(list).toMatchObject({ understood: false, findings: [], leftOut: ['ask', 'login'] })
    expect(readingOf(mixed, { tokens: 'abc' }, { step: 'login' }).findings).toMatchObject([{ path: ['setup', 0, 'capture', 'token'], hint: 'did you mean $.tokens?' }])
    expect(() => readingOf(mixed, REPLY, { step: 'lst' })).toThrow('--step lst: the scenario has no such step')
    expect(() => readingOf(mixed, REPLY, { target: 'prod' })).toThrow('--target prod: the scenario has no such target')
  }) // biome-ignore format: one line each
})
