/** Hooks beside the attempts of a run, in virtual time: their order, what they change, and that their time is in no latency. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetHooks } from '../../../../src/hooks/hooks.ts'
import { GET, plugin, run, type Shown, sleep, target } from './virtual.ts'

beforeEach(() => forgetHooks())
// Test files share a process: those that come later must not meet these hooks.
afterAll(() => forgetHooks())

describe('the order', () => {
  test('is that of a run, and among plugins that of their priorities, then of their names on the command line', async () => {
    const seen: string[] = []
    const all = (name: string, priority?: number) =>
      plugin(name, {
        ...(priority === undefined ? {} : { priority }),
        ...Object.fromEntries(
          ['initialize', 'onConnect', 'beforeSend', 'afterReceive', 'onError', 'onDisconnect'].map((hook) => [
            hook,
            () => void seen.push(`${name} ${hook}`),
          ]),
        ),
      })
    all('late', 200)
    all('usual')
    all('first', 10)
    all('usual too', 100)
    const to = target()
    await run(to, { steps: [GET, { name: 'bad', request: { path: '/broken' } }] })
    const each = (hook: string) => ['first', 'usual', 'usual too', 'late'].map((name) => `${name} ${hook}`)
    const hooks = [
      'initialize',
      'beforeSend',
      'onConnect',
      'afterReceive',
      'beforeSend',
      'afterReceive',
      'onError',
      'onDisconnect',
    ]
    expect(seen).toEqual(hooks.flatMap(each))
  })

  test('a plugin that waits is waited for before the next one', async () => {
    const seen: string[] = []
    plugin('slow', { beforeSend: () => sleep(50).then(() => void seen.push('slow')) })
    plugin('quick', { beforeSend: () => void seen.push('quick') })
    await run(target())
    expect(seen).toEqual(['slow', 'quick'])
  })
})

describe('a hook that goes wrong', () => {
  const throwing = () => {
    throw new Error('no key')
  }
  const BEFORE: [string, (about: Shown) => unknown, string][] = [
    ['throws', throwing, 'the plugin p.mjs: beforeSend threw: no key'],
    ['rejects', () => Promise.reject(new Error('no key')), 'the plugin p.mjs: beforeSend threw: no key'],
    ['never ends', () => new Promise(() => {}), 'the plugin p.mjs: beforeSend did not end within 2000 ms'],
    [
      'returns a message',
      (about) => ({ ...about }),
      'the plugin p.mjs: beforeSend returned an object: it changes what it was given',
    ],
    ['resolves with a number', () => Promise.resolve(7), 'the plugin p.mjs: beforeSend returned a number'],
    [
      'leaves a header that is no text',
      ({ headers }) => {
        headers.n = 7
      },
      'after beforeSend: headers.n has to be a text',
    ],
    [
      'leaves a body that is no JSON',
      (about) => {
        about.request.json = 1n
      },
      'after beforeSend: Do not know how to serialize a BigInt',
    ],
    [
      'leaves no request',
      (about) => void Reflect.deleteProperty(about, 'request'),
      'after beforeSend: request has to be a value',
    ],
  ]

  test.each(BEFORE)('beforeSend that %s: nothing is sent, and the attempt fails by itself', async (_, beforeSend, message) => {
    const to = target()
    plugin('p.mjs', { beforeSend })
    const { result } = await run(to, { target: { url: to.url, timeouts: { total: '2s' } } })
    expect(to.requests).toEqual([])
    expect(result.errors).toMatchObject([
      { class: 'local_hook', phase: 'send', count: 1, sample: expect.stringContaining(message) },
    ])
    expect(result.total.counts).toMatchObject({ planned: 1, failed: 1 })
  })

  test.each([
    ['throws', throwing, 'afterReceive threw: no key'],
    [
      'throws what refuses to be a text',
      () => {
        throw Object.create(null)
      },
      'afterReceive threw a value that cannot be shown',
    ],
    ['never ends', () => new Promise(() => {}), 'afterReceive did not end within 2000 ms'],
    [
      'captures what is set by burn',
      ({ capture }: Shown) => capture('reply', 1),
      'afterReceive threw: capture: "reply" is set by burn itself',
    ],
    [
      'captures a function',
      ({ capture }: Shown) => capture('own', () => {}),
      'the captured own has to be a value that JSON can hold',
    ],
  ])('afterReceive that %s: the attempt fails by it', async (_, afterReceive, message) => {
    const to = target()
    plugin('p.mjs', { afterReceive })
    const { result } = await run(to, { target: { url: to.url, timeouts: { total: '2s' } } })
    expect(result.errors).toMatchObject([{ class: 'local_hook', phase: 'check', sample: expect.stringContaining(message) }])
    expect(result.hooks).toMatchObject([{ calls: 1, failed: 1 }])
  })

  test('those of later plugins are not asked then', async () => {
    const asked: unknown[] = []
    plugin('p.mjs', { beforeSend: throwing })
    plugin('q.mjs', { beforeSend: () => void asked.push(1) })
    await run(target())
    expect(asked).toEqual([])
  })

  test.each(['onConnect', 'onDisconnect', 'onError'])('%s is counted, and changes no outcome', async (hook) => {
    const to = target()
    plugin('p.mjs', { [hook]: throwing })
    plugin('q.mjs', { [hook]: () => Promise.reject(new Error('later')) })
    const insecure = { url: to.url, tls: { insecure: true } }
    const { result } = await run(to, { target: insecure, steps: [{ name: 'bad', request: { path: '/broken' } }] })
    expect(result.errors).toMatchObject([{ class: 'http_status', count: 1 }])
    expect(result.hooks).toMatchObject([
      { plugin: 'p.mjs', hook, calls: 1, failed: 1, problem: 'threw: no key' },
      { plugin: 'q.mjs', hook, calls: 1, failed: 1, problem: 'threw: later' },
    ])
    // Before any other note, so that no summary leaves it out.
    expect(result.notes).toEqual([
      `hook ${hook} of p.mjs failed in 1 of 1 calls, first: threw: no key`,
      `hook ${hook} of q.mjs failed in 1 of 1 calls, first: threw: later`,
      expect.stringContaining('TLS certificates were not checked'),
    ])
  })

  test('one that never ends lets the run end all the same', async () => {
    const to = target()
    plugin('p.mjs', { afterReceive: ({ iteration }) => (iteration === 1 ? new Promise(() => {}) : undefined) })
    const { result, timersLeft } = await run(to, { load: [{ users: 1, for: '1s' }], graceful: '1s' })
    expect(result.durationMs).toBeCloseTo(2000)
    expect(result.errors).toMatchObject([{ class: 'local_hook', count: 1 }])
    expect(timersLeft).toBe(0)
  })
})

test('initialize knows the run, is called once, and ends it before anything is sent when it throws', async () => {
  const to = target()
  const seen: unknown[] = []
  plugin('p.mjs', { initialize: async (about) => void seen.push(about) })
  await run(to, { load: [{ users: 3, iterations: 6 }] })
  expect(seen).toEqual([{ name: 'hooks', seed: 'test', folder: '.', targets: [{ name: 'target', protocol: 'memory' }] }])
  plugin('q.mjs', { initialize: () => Promise.reject(new Error('no key')) })
  await expect(run(to)).rejects.toThrow('the plugin q.mjs: initialize threw: no key')
  expect(to.requests).toHaveLength(6)
})

test('a run without plugins has no such field, and takes no notice', async () => {
  const { result } = await run(target())
  expect(result.hooks).toBeUndefined()
})
