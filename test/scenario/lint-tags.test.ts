/** Tags and payloads, before a run: what thresholds and templates may ask for. */
import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../src/scenario/validate.ts'

const BASE = { name: 't', target: { url: 'http://127.0.0.1/', tags: { region: 'eu' } } }
const found = (more: object) =>
  validateScenario(JSON.stringify({ ...BASE, steps: [{ message: 'hi', tags: { tier: 'gold', v: 2, deep: '{{user.id}}' } }], ...more }), 'a.json')
    .problems.map(({ code, message, hint }) => [code, message, ...(hint === undefined ? [] : [hint])]) // biome-ignore format: a pipe

describe('thresholds', () => {
  test.each([
    ['ttft{tier=gold} p95 < 1s'],
    ['ttft{region=eu,tier=gold} p95 < 1s'],
    ['ttft{v=2} p95 < 1s'],
    ['ttft{deep=whatever} p95 < 1s'],
    ['ttft{step=step-1} p95 < 1s'],
  ])('%s', (threshold) => {
    expect(found({ thresholds: [threshold] })).toEqual([])
  })

  test.each([
    ['ttft{teir=gold} p95 < 1s', 'there is no tag "teir"', 'did you mean "tier"?'],
    ['ttft{tier=glod} p95 < 1s', 'no tier is called "glod"', 'did you mean "gold"?'],
    ['ttft{region=us} p95 < 1s', 'no region is called "us"', 'known: eu'],
    ['ttft{team=a} p95 < 1s', 'team is a label of the whole run', 'leave it out: the threshold is for the whole run as it is'],
  ])('%s: %s', (threshold, message, hint) => {
    expect(found({ tags: { team: 'a' }, thresholds: [threshold] })).toEqual([['E_THRESHOLD', message, hint]])
  })

  const less = 'errors < 1%'
  test.each<[unknown, boolean]>([
    ['errors > 5%', true],
    [{ threshold: 'errors > 5%', abort: true }, true],
    ['errors{tier=gold} > 5%', false],
    [{ threshold: 'errors > 5%', window: '10s' }, false],
    [{ threshold: 'errors > 5%', severity: 'warn' }, false],
    [{ threshold: 'errors > 5%', on_missing: 'pass' }, false],
  ])('beside errors < 1%%, %j is refused: %s', (more, refused) => {
    const problem = ['E_THRESHOLD', `no run can meet both this and "${less}"`, 'leave one of them out, or give it severity: warn']
    expect(found({ thresholds: [less, more] })).toEqual(refused ? [problem] : [])
    expect(found({ thresholds: ['nonsense', less] }).map(([code]) => code)).toEqual(['E_THRESHOLD'])
  })

  test('a threshold on checks needs a step that makes some', () => {
    const none = ['E_THRESHOLD', 'no step has checks: this has no samples, which counts as a failure', 'write expect: [ { status: 200 } ] in a step'] // biome-ignore format: a row
    const steps = [{ message: 'hi', expect: [{ contains: 'a' }] }]
    expect(found({ thresholds: ['checks > 90%'] })).toEqual([none])
    expect(found({ thresholds: ['checks > 90%'], steps })).toEqual([])
    expect(found({ thresholds: [{ threshold: 'checks > 90%', on_missing: 'skip' }] })).toEqual([])
    expect(found({ thresholds: [{ threshold: 'checks > 90%', severity: 'warn' }] })).toEqual([])
  })

  test.each([
    [{ cost: 0.1 }, ['W_NO_PRICES']],
    [{ type: 'cost', threshold: 0.1 }, ['W_NO_PRICES']],
    [{ cost: 0.1, countOnly: true }, []],
  ])('a check of the cost needs prices: %j', (line, codes) => {
    const steps = [{ message: 'hi', expect: [line] }]
    expect(found({ steps }).map(([code]) => code)).toEqual(codes)
    expect(found({ steps, target: { ...BASE.target, pricing: { inputPer1M: 1, outputPer1M: 1 } } })).toEqual([])
  })

  test('a step that only closes the connection is in no count', () => {
    const steps = [
      { request: { json: {} }, name: 'say' },
      { request: { disconnect: 'clean' }, name: 'bye' },
    ]
    const more = { target: { url: 'ws://127.0.0.1/' }, steps }
    expect(found({ ...more, thresholds: ['ok{step=bye} count >= 1'] })).toEqual([
      ['E_THRESHOLD', 'bye only closes the connection: it is in no count', 'select a step that sends something: say'],
    ])
    expect(found({ ...more, thresholds: ['ok{step=say} count >= 1'] })).toEqual([])
  })

  test('tags of flows, groups and of steps inside of others count; those of setup do not', () => {
    const more = {
      steps: undefined,
      groups: { paid: { tags: { tier: 'paid' } } },
      flows: [{ name: 'buy', tags: { intent: 'buy' }, steps: [{ loop: { times: 2, steps: [{ message: 'a', tags: { inner: 'x' } }] } }] }],
      setup: [{ message: 's', tags: { early: 'x' } }],
    } // biome-ignore format: one line each
    expect(found({ ...more, thresholds: ['ttft{tier=paid,intent=buy,inner=x} p95 < 1s'] })).toEqual([])
    expect(found({ ...more, thresholds: ['ttft{early=x} p95 < 1s'] })[0]?.[1]).toBe('there is no tag "early"')
  })
})

describe('names and values', () => {
  const withTags = (tags: object) => found({ steps: [{ message: 'a', tags }] })

  test.each(['step', 'phase', 'target', 'flow', 'group'])('%s is taken', (name) => {
    expect(withTags({ [name]: 'x' })[0]?.slice(0, 2)).toEqual([
      'E_KEY',
      `expected another name, every attempt has a tag of this one by itself, got "${name}"`,
    ])
  })

  test.each(['a b', 'a=b', '1st', 'a,b', '', '{a}', 'x'.repeat(41), '__proto__'])('%j is no name', (name) => {
    expect(withTags(JSON.parse(`{${JSON.stringify(name)}:"x"}`))[0]?.[0]).toMatch(/^E_/)
  })

  test('a list is no value', () => {
    expect(withTags({ tier: ['a'] })).not.toEqual([])
  })

  test('variables of templates have to exist', () => {
    expect(withTags({ tier: '{{user.id}} {{nobody}}' })[0]?.slice(0, 2)).toEqual([
      'E_UNKNOWN_VARIABLE',
      'there is no variable nobody',
    ])
    expect(found({ target: { url: 'http://127.0.0.1/', tags: { a: '{{nobody}}' } } })[0]?.[0]).toBe('E_UNKNOWN_VARIABLE')
  })

  test('more values than are told apart are worth a warning', () => {
    const steps = Array.from({ length: 51 }, (_, i) => ({ message: 'a', tags: { n: i } }))
    expect(found({ steps })).toEqual([
      ['W_TAG_VALUES', 'tag n has 51 values: 50 are told apart', 'the rest is counted under (other)'],
    ])
  })
})

describe('payload', () => {
  const payload = { types: ['METRICS'] }
  const request = { method: 'POST', json: '{{payload}}' }

  test.each([
    ['in its own step', [{ request, payload }]],
    ['in the checks and tags of its own step', [{ request, payload, expect: [{ contains: '{{payload.cpu_usage}}' }, { expression: 'payload.cpu_usage >= 0.0' }], tags: { load: '{{payload.cpu_usage}}' } }]],
    ['in a later step', [{ request, payload }, { request }]],
    ['in a later condition', [{ request, payload }, { if: 'payload.cpu_usage > 50.0', then: [{ request }] }]],
    ['in a later round', [{ loop: { times: 2, steps: [{ if: 'index > 0', then: [{ request }] }, { request, payload }] } }]],
  ])('%s', (_, steps) => {
    expect(found({ steps })).toEqual([])
  }) // biome-ignore format: a table

  test('of setup is there for everybody', () => {
    expect(found({ setup: [{ request, payload }], steps: [{ request }] })).toEqual([])
  })

  test.each([
    ['before it is made', [{ request }, { request, payload }], 'W_VARIABLE_LATER'],
    ['where none is made', [{ request }], 'E_UNKNOWN_VARIABLE'],
    ['in what it is made of', [{ request, payload: { types: ['CUSTOM'], custom: { a: '{{payload.b}}' } } }], 'W_VARIABLE_LATER'],
  ])('not %s', (_, steps, code) => {
    expect(found({ steps }).map(([first]) => first)).toEqual([code])
  })
})
