import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Clock, goBy } from '../src/clock.ts'
import { Exchange, type ReplyReader } from '../src/exchange.ts'

let at = 0
let back = (): void => {}
beforeEach(() => {
  at = 0
  const never: Clock['after'] = () => () => {}
  back = goBy({ now: () => at, wallAnchor: () => 0, after: never, every: never, nextTurn: () => {}, isReal: false })
})
afterEach(() => back())

function made(reader: Partial<ReplyReader> = {}, settings = {}) {
  const settled: unknown[] = []
  const exchange = new Exchange(0, { push: () => {}, end: () => {}, ...reader }, (one) => settled.push(one.outcome), settings)
  const on = <T>(moment: number, action: () => T): T => {
    at = moment
    return action()
  }
  return { exchange, settled, on }
}

test('an ok reply has its moments in their order', () => {
  const { exchange, settled, on } = made({ push: (bytes, one) => one.unit('text', Buffer.from(bytes).toString()) })
  on(5, () => exchange.sent(100))
  on(10, () => exchange.head(200, { a: 'b' }))
  on(20, () => exchange.data(Buffer.from('Hi')))
  on(35, () => exchange.data(Buffer.from(' there')))
  on(40, () => exchange.done())
  expect(exchange).toMatchObject({
    sentAt: 5,
    firstByteAt: 10,
    firstTokenAt: 20,
    lastTokenAt: 35,
    endedAt: 40,
    gapsMs: [15],
    bytesSent: 100,
    bytesReceived: 8,
    status: 200,
  })
  expect([exchange.text, settled, exchange.replied]).toEqual(['Hi there', ['ok'], true])
})

test('a reply that the reader ends is over with the delivery that said so, not when the transport is', () => {
  const { exchange, on } = made({ push: (_, one) => one.finish() })
  on(20, () => exchange.data(Buffer.from('x'), 12))
  on(90, () => exchange.done())
  expect([exchange.outcome, exchange.endedAt]).toEqual(['ok', 12])
})

describe('the first end counts', () => {
  test.each<[string, (one: Exchange) => void, string]>([
    ['fail', (one) => one.fail('reset', 'stream', 'gone'), 'failed'],
    ['cancel', (one) => one.cancel(), 'cut'],
    ['finish', (one) => one.finish(), 'ok'],
  ])('%s', (_, end, outcome) => {
    const { exchange, settled, on } = made()
    on(1, () => end(exchange))
    on(2, () => {
      exchange.fail('other', 'send', 'late')
      exchange.cancel()
      exchange.finish()
      exchange.done()
      exchange.sent(5)
      exchange.data(Buffer.from('late'))
      exchange.head(500, {})
      exchange.unit('text', 'late')
    })
    expect(settled).toEqual([outcome])
    expect(exchange).toMatchObject({
      outcome,
      endedAt: 1,
      sentAt: Number.NaN,
      bytesReceived: 0,
      status: undefined,
      text: '',
      frames: 0,
    })
  })
})

test('a request is sent once, unless it came back unread', () => {
  const { exchange, on } = made()
  on(1, () => exchange.sent(10))
  on(2, () => exchange.sent(20))
  expect([exchange.sentAt, exchange.bytesSent]).toEqual([1, 10])
  exchange.unsent()
  on(3, () => exchange.sent(30))
  expect([exchange.sentAt, exchange.bytesSent]).toEqual([3, 30])
})

test('a reply above its bound fails; bytes that belong to none do not count against it', () => {
  const { exchange } = made({}, { maxReplyBytes: 10 })
  exchange.surplus(100)
  exchange.data(Buffer.alloc(10))
  expect([exchange.outcome, exchange.bytesReceived]).toEqual([undefined, 110])
  exchange.data(Buffer.alloc(1))
  expect(exchange.failure).toMatchObject({ class: 'too_big', phase: 'stream' })
})

test('a bad reply fails where it was: before its first token, or in its stream', () => {
  const [early, late] = [made().exchange, made().exchange]
  early.reject('bad_json', 'm')
  late.data(Buffer.from('x'))
  late.unit('text', 'x')
  late.reject('bad_json', 'm', 'CODE', 5)
  expect([early.failure?.phase, late.failure]).toEqual([
    'first_token',
    { class: 'bad_json', phase: 'stream', message: 'm', code: 'CODE', retryAfterMs: 5 },
  ])
})

test('a check takes back an ok, and nothing else; a status that was expected is ok', () => {
  const { exchange, on } = made()
  exchange.overrule('check_failed', 'early')
  expect(exchange.outcome).toBeUndefined()
  on(7, () => exchange.finish())
  on(9, () => exchange.overrule('check_failed', 'm'))
  expect(exchange).toMatchObject({ outcome: 'failed', endedAt: 7, failure: { class: 'check_failed', phase: 'check' } })
  const [status, reset] = [made().exchange, made().exchange]
  status.fail('http_status', 'headers', 'm', '404')
  reset.fail('reset', 'headers', 'm')
  for (const one of [status, reset]) one.waiveStatus()
  expect([status.outcome, status.status, status.failure, reset.outcome]).toEqual(['ok', 404, undefined, 'failed'])
})

test('warnings', () => {
  const { exchange } = made()
  exchange.warn('a', 'a')
  exchange.warnOnce('a')
  exchange.warnOnce('b')
  exchange.withdrawWarning('a')
  exchange.withdrawWarning('never')
  expect(exchange.warnings).toEqual(['a', 'b'])
})
