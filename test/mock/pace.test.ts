import { expect, test } from 'vitest'
import { monotonicMs, Pacer } from '../../src/mock/persona/pace.ts'
import { timedTest } from '../support/quiet.ts'
import { mockFor, post } from './harness.ts'

const STREAM = { messages: [{ role: 'user', content: 'Hi' }], stream: true }

test('a wait never ends before its moment', async () => {
  const pacer = new Pacer()
  for (let i = 0; i < 40; i += 1) {
    const deadline = monotonicMs() + i / 7
    expect(await pacer.until(deadline)).toBe(true)
    expect(monotonicMs()).toBeGreaterThanOrEqual(deadline)
  }
})

test('stop ends the wait at once, and all later ones', async () => {
  const pacer = new Pacer()
  const waiting = pacer.until(monotonicMs() + 60_000)
  pacer.stop()
  expect(await waiting).toBe(false)
  expect(await pacer.until(0)).toBe(false)
  expect(pacer.alive).toBe(false)
})

timedTest('chunks follow absolute deadlines: no lateness adds up, none is early', async () => {
  const mock = await mockFor({ tokens: 60, firstTokenMs: 20, gapMs: 5 })
  await (await post(mock, '/v1/chat/completions', STREAM)).text()
  const { receivedAt, firstTokenAt, framesAt } = mock.log()[0]!
  const late = framesAt.slice(1, 61).map((at, i) => at - (receivedAt! + 20 + 5 * i))
  expect(firstTokenAt).toBe(framesAt[1])
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  // Timers that wait gap by gap would be a good 30 ms behind by now, even on an idle machine.
  expect(late.toSorted((a, b) => a - b)[30]).toBeLessThan(5)
})

test('slow headers move everything', async () => {
  const mock = await mockFor({ tokens: 1, firstTokenMs: 20, slowHeadersMs: 30 })
  await (await post(mock, '/v1/chat/completions', STREAM)).text()
  const { receivedAt, framesAt } = mock.log()[0]!
  expect(framesAt[0]! - receivedAt!).toBeGreaterThanOrEqual(30)
  expect(framesAt[1]! - receivedAt!).toBeGreaterThanOrEqual(50)
})

timedTest('the known distribution holds for plain routes and first tokens', async () => {
  const mock = await mockFor({ delay: { multiplier: 7, modulus: 30 }, tokens: 1 })
  for (let k = 0; k < 4; k += 1) await (await post(mock, '/echo', {})).text()
  await (await post(mock, '/chat', { message: 'x' })).text()
  await (await post(mock, '/v1/chat/completions', STREAM)).text()
  const waits = mock.log().map(({ receivedAt, framesAt, firstTokenAt }) => (firstTokenAt ?? framesAt[0]!) - receivedAt!)
  for (const [k, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual((7 * k) % 30)
    expect(wait).toBeLessThan(((7 * k) % 30) + 200)
  }
  expect(mock.log().at(-1)?.firstTokenAt).not.toBeNull()
})

test('stamps in the chunks are the moments in the log, on the clock that all processes share', async () => {
  const mock = await mockFor({ tokens: 3, gapMs: 2, stamps: true })
  const before = monotonicMs()
  const body = await (await post(mock, '/v1/chat/completions', STREAM)).text()
  const stamps = [...body.matchAll(/"mock_sent_ms":([\d.]+)/g)].map((match) => Number(match[1]))
  expect(stamps).toEqual(mock.log()[0]!.framesAt.slice(1, 4))
  expect(stamps[0]).toBeGreaterThan(before)
  expect(stamps[2]).toBeLessThan(monotonicMs())
})
