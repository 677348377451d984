/** What hooks change of an attempt. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetHooks } from '../../../../src/hooks/hooks.ts'
import { MemoryTarget } from '../../../support/virtual.ts'
import { GET, plugin, run, sleep, target } from './virtual.ts'

beforeEach(() => forgetHooks())
// Test files share a process: those that come later must not meet these hooks.
afterAll(() => forgetHooks())

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
