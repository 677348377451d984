/** Hooks beside the attempts of a run, in virtual time: their order, what they change, and that their time is in no latency. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { after } from '../../../../src/clock.ts'
import { forgetHooks, hooksIn, registerHooks } from '../../../../src/hooks/hooks.ts'
import type { RunInput } from '../../../support/run.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

beforeEach(() => forgetHooks())
// Test files share a process: those that come later must not meet these hooks.
afterAll(() => forgetHooks())

type Shown = Record<string, unknown> & {
  headers: Record<string, unknown>
  body: unknown
  request: Record<string, unknown>
  reply: { text: string; status: number; json: unknown }
  fail: (reason?: unknown) => void
  capture: (name: string, value: unknown) => void
}

const plugin = (name: string, hooks: Record<string, number | ((about: Shown) => unknown)>) =>
  registerHooks(hooksIn(hooks, name), name, true)
const sleep = (ms: number) => new Promise<void>((resolve) => after(ms, resolve))

/** Answers with `{"n": …}` after 10 ms, `/broken` with 503. */
const target = () =>
  new MemoryTarget({
    reply: ({ path }, n) => ({ headMs: 10, status: path === '/broken' ? 503 : 200, pieces: [[0, JSON.stringify({ n })]] }),
  })

const GET = { name: 'get', request: { path: '/x', json: { a: 1 } } }

async function run(to: MemoryTarget, more: object = {}) {
  const scenario = { name: 'hooks', target: { url: to.url }, load: [{ users: 1, iterations: 1 }], steps: [GET], ...more }
  return runVirtual(scenario as unknown as RunInput)
}

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

describe('beforeSend', () => {
  test('changes headers and the request, for every attempt anew; the scenario stays as it is', async () => {
    const to = target()
    plugin('sign.mjs', {
      beforeSend({ headers, request, iteration, attempt }) {
        expect([headers.own, request.json]).toEqual(['1', { a: 1 }])
        headers.signed = `${iteration}.${attempt}`
        delete headers.own
        request.json = { a: 2 }
      },
    })
    const { result } = await run(to, { target: { url: to.url, headers: { own: '1' } }, load: [{ users: 1, iterations: 2 }] })
    expect(to.requests.map(({ headers, body }) => [headers.signed, headers.own, body])).toEqual([
      ['0.1', undefined, { a: 2 }],
      ['1.1', undefined, { a: 2 }],
    ])
    expect(result.total.counts).toMatchObject({ planned: 2, ok: 2 })
  })

  test('is asked again for a retry', async () => {
    const to = target()
    const attempts: unknown[] = []
    plugin('p.mjs', { beforeSend: ({ attempt }) => void attempts.push(attempt) })
    await run(to, {
      steps: [{ name: 'bad', request: { path: '/broken' } }],
      onError: { default: 'retry', retry: { max: 2, delay: '1s', jitter: false } },
    })
    expect([attempts, to.requests.length]).toEqual([[1, 2, 3], 3])
  })

  test('takes time that is in no latency and no lag, of its own attempt or of the next', async () => {
    const to = target()
    plugin('slow.mjs', { beforeSend: () => sleep(500), afterReceive: () => sleep(300) })
    const { attempts, result } = await run(to, { steps: [GET, { ...GET, name: 'again' }] })
    const times = attempts.map(({ exchange }) => [
      exchange.sentAt - exchange.intended,
      exchange.endedAt - exchange.sentAt,
      exchange.lagMs,
    ])
    expect(times).toEqual([
      [0, 10, 0],
      [0, 10, 0],
    ])
    expect(result.hooks).toEqual([
      { plugin: 'slow.mjs', hook: 'beforeSend', calls: 2, failed: 0, totalMs: 1000, longestMs: 500, blockedMs: 0 },
      { plugin: 'slow.mjs', hook: 'afterReceive', calls: 2, failed: 0, totalMs: 600, longestMs: 300, blockedMs: 0 },
    ])
  })

  test('takes time that is in no latency of a paced user either', async () => {
    const to = target()
    plugin('slow.mjs', { beforeSend: () => sleep(70) })
    const { attempts } = await run(to, { load: [{ users: 1, iterations: 3, pace: '10/s' }] })
    expect(attempts.map(({ exchange }) => exchange.endedAt - exchange.intended)).toEqual([10, 10, 10])
  })
})

describe('afterReceive', () => {
  test('sees what templates see, fails the attempt as a check, and captures variables', async () => {
    const to = target()
    plugin('audit.mjs', {
      afterReceive({ reply, step, fail, capture }) {
        capture('seen', { n: (reply.json as { n: number }).n + 1 })
        if (step === 'again') fail('not what was signed')
      },
    })
    const again = { name: 'again', request: { path: '/{{seen.n}}' } }
    const { result } = await run(to, { vars: { seen: { n: 0 } }, steps: [GET, again] })
    expect(to.requests.map(({ path }) => path)).toEqual(['/x', '/1'])
    expect(result.errors.map(({ class: name, phase, step, sample }) => [name, phase, step, sample])).toEqual([
      ['check_failed', 'check', 'again', 'the plugin audit.mjs: afterReceive found: not what was signed'],
    ])
    expect(result.errors[0]?.hint).toContain('the hook afterReceive of a plugin')
  })

  test.each([
    ['a text', 'no id', 'no id'],
    ['an error', new Error('no id'), 'no id'],
    ['a value', { a: 1, list: [2] }, '{"a":1,"list":[2]}'],
    ['nothing', undefined, 'the reply is not as it should be (no reason was given)'],
    ['what no JSON can hold', 7n, 'a value that cannot be shown'],
    ['a function', Math.max, expect.stringContaining('native code')],
  ])('fails by %s, in the name of its own plugin', async (_, reason, text) => {
    plugin('first.mjs', { afterReceive: () => {} })
    plugin('second.mjs', { afterReceive: ({ fail }) => fail(reason) })
    plugin('third.mjs', { afterReceive: () => {} })
    const { result } = await run(target())
    const [error] = result.errors
    expect(error?.class).toBe('check_failed')
    expect(error?.sample.replace('the plugin second.mjs: afterReceive found: ', '')).toEqual(text)
  })

  test('is called for a reply with a bad status, which `expect` may accept, and not for one that is not whole', async () => {
    const to = new MemoryTarget({
      reply: (_, n) => (n === 0 ? { headMs: 10, status: 404, pieces: [[0, '{}']] } : { headMs: 10, pieces: [], end: 'lost' }),
    })
    const seen: unknown[] = []
    plugin('p.mjs', { afterReceive: ({ reply }) => void seen.push(reply.status) })
    const { result } = await run(to, { steps: [{ ...GET, expect: [{ status: 404 }] }], load: [{ users: 1, iterations: 2 }] })
    expect(seen).toEqual([404])
    expect(result.total.counts).toMatchObject({ ok: 1, failed: 1 })
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
