/** Whatever a plugin says of itself, what is wrong with it is told by its name. */
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { checkedFacts } from '../../../../src/cli/load/plugin/facts.ts'
import { LocalError, TargetError, UsageError } from '../../../../src/errors.ts'

const fault = (what: string, cause?: unknown) => new UsageError(what, undefined, { cause })
const facts = (given: Readonly<Record<string, unknown>>) => checkedFacts(given, z, fault)
const place = { keys: ['topic'], message: 'no topic', hint: 'name one', ofPath: () => undefined, own: () => ({}) }
const luckless = () => {
  throw new Error('no luck')
}

test('facts that are right are as they were, and so is what their functions give', async () => {
  const given = facts({
    schemes: { 'own:': { port: 7 }, 'owns:': {} },
    files: [{ path: ['keys'], kind: 'file' }],
    place: { ...place, ofPath: (path: string) => ({ topic: path }) },
    sockets: (_: unknown, users: number) => users * 3,
    checks: () => ({ ofStep: () => [{ of: 'body', path: ['a', 0], message: 'no', hint: 'yes' }], ofMessage: () => [] }),
    health: async () => 'well',
    helper: 'of its own',
  }) as Record<string, never>
  const {
    schemes,
    files,
    place: checked,
    sockets,
    checks,
    health,
    helper,
  } = given as unknown as {
    schemes: unknown
    files: unknown
    helper: unknown
    place: { ofPath(path: string): unknown; own(): unknown }
    sockets(options: unknown, users: number): unknown
    checks(): { ofStep(): unknown }
    health(): Promise<unknown>
  }
  expect([schemes, files, helper]).toEqual([{ 'own:': { port: 7 }, 'owns:': {} }, [{ path: ['keys'], kind: 'file' }], undefined])
  expect([checked.ofPath('/a'), checked.own(), sockets({}, 2)]).toEqual([{ topic: '/a' }, {}, 6])
  expect(checks().ofStep()).toEqual([{ of: 'body', path: ['a', 0], message: 'no', hint: 'yes' }])
  expect(await health()).toBe('well')
})

test('a function keeps what it is called on', () => {
  const { sockets } = facts({
    sockets(this: { each: number }) {
      return this.each
    },
  }) as { sockets(this: unknown): unknown }
  expect(sockets.call({ each: 4 })).toBe(4)
})

test.each<[string, unknown, RegExp]>([
  ['schemes', { 'own:': { port: '80' } }, /^`schemes\.own:\.port`: .*expected number/],
  ['schemes', { 'own:': { port: 0 } }, /^`schemes\.own:\.port`: /],
  ['schemes', { 'own:': { proxies: 'http_proxy' } }, /^`schemes\.own:\.proxies`: .*expected array/],
  ['over', 'http:', /^`over`: /],
  ['aliases', { a: 1 }, /^`aliases\.a`: /],
  ['lasting', 'yes', /^`lasting`: /],
  ['whole', ['a'], /^`whole`: /],
  ['neverWhole', {}, /^`neverWhole\.message`: /],
  ['files', [{ path: 'keys', kind: 'file' }], /^`files\.0\.path`: /],
  ['files', [{ path: ['keys'], kind: 'disk' }], /^`files\.0\.kind`: /],
  ['place', { ...place, keys: 'topic' }, /^`place\.keys`: /],
  ['place', { ...place, own: 1 }, /^`place\.own`: it has to be a function/],
  ['sample', { step: 'hello' }, /^`sample\.step`: /],
  ['sockets', 3, /^`sockets`: it has to be a function/],
  ['secrets', [], /^`secrets`: it has to be a function/],
])('%s: %j', (name, value, words) => {
  expect(() => facts({ [name]: value })).toThrow(words)
})

describe('a function', () => {
  const call = (name: string, value: unknown) => () => (facts({ [name]: value }) as Record<string, () => unknown>)[name]?.()

  test.each<[string, () => unknown, RegExp]>([
    ['secrets', () => 'hush', /^`secrets`: .*expected array/],
    ['secrets', () => [1], /^`secrets\.0`: /],
    ['sockets', () => 'many', /^`sockets`: /],
    ['sockets', () => Number.NaN, /^`sockets`: /],
    ['headerProblem', () => 7, /^`headerProblem`: /],
    ['clientId', () => null, /^`clientId`: /],
    ['requestOf', () => 'text', /^`requestOf`: /],
    ['checks', () => undefined, /^`checks`: /],
    ['checks', () => ({ ofStep: [], ofMessage: [] }), /^`checks\.ofStep`: it has to be a function/],
    ['unchosenPool', luckless, /^`unchosenPool` threw: no luck/],
  ])('%s that gives or throws what it should not: %s', (name, value, words) => {
    expect(call(name, value)).toThrow(words)
  })

  test('in what it gave as well', () => {
    const { checks } = facts({ checks: () => ({ ofStep: () => [{ of: 'x' }], ofMessage: luckless }) }) as {
      checks(): { ofStep(): unknown; ofMessage(): unknown }
    }
    expect(() => checks().ofStep()).toThrow(/^`checks\(\)\.ofStep\.0\.of`: /)
    expect(() => checks().ofMessage()).toThrow(/^`checks\(\)\.ofMessage` threw: no luck/)
  })

  test('that rejects, or resolves with something else', async () => {
    await expect(call('prepare', async () => luckless())()).rejects.toThrow(/^`prepare` threw: no luck/)
    await expect(call('health', async () => 7)()).rejects.toThrow(/^`health`: /)
  })

  test.each([new UsageError('a flag'), new LocalError('a file'), new TargetError('refused', 'connect', 'no')])(
    'may throw what is meant for the user: %s',
    (error) => {
      const thrown = call('requestOf', () => {
        throw error
      })
      expect(thrown).toThrow(error)
    },
  )
})
