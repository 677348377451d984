/** Every transition of a connection that is made again, in virtual time: what is reported, and that no timer or socket is left. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { goBy } from '../../../../src/clock.ts'
import { Backoff } from '../../../../src/connectors/wire/lasting/backoff.ts'
import {
  type ConnectTry,
  type Ending,
  type OpenConnection,
  ReconnectingConnection,
  type ReconnectingOwner,
  type ReconnectRule,
} from '../../../../src/connectors/wire/lasting/reconnecting.ts'
import { LocalError } from '../../../../src/errors.ts'
import type { Failure } from '../../../../src/exchange.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'
import { eventLog } from '../../contract.ts'

const TIMES = { dnsMs: null, connectMs: 1, tlsMs: null }
const RESET: Failure = { class: 'reset', phase: 'stream', message: 'gone' }
const REFUSED: Failure = { class: 'refused', phase: 'connect', message: 'nobody there' }

let clock: VirtualClock
let realTime: () => void

beforeEach(() => {
  clock = new VirtualClock()
  realTime = goBy(clock)
})
afterEach(() => realTime())

/** Lets `ms` pass on the virtual clock. */
const pass = (ms: number) => clock.drive(new Promise<void>((resolve) => void clock.after(ms, resolve)))
/** Lets promises settle; no time passes. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

class FakeConnection implements OpenConnection {
  readonly endings: Ending[] = []
  private readonly settled = Promise.withResolvers<void>()
  readonly gone = this.settled.promise

  end(how: Ending): void {
    this.endings.push(how)
  }

  go(): void {
    this.settled.resolve()
  }
}

/** A user that is told what happens to its connection; `log` holds that and the events for the metrics, in order. */
class Owner implements ReconnectingOwner<FakeConnection> {
  readonly log: string[]
  readonly tries: { destroyed: boolean }[] = []
  readonly link: ReconnectingConnection<FakeConnection>
  inFlight = 0
  leastWaitMs = 0
  refusing = false
  wrong = false
  /** Resolves when the sockets of destroyed tries are gone. */
  triesGone: Promise<void> | undefined
  downMs: number | undefined

  constructor(attempts: number | undefined, rule: Partial<ReconnectRule> = {}) {
    const { events, log } = eventLog()
    this.log = log as string[]
    const backoff =
      attempts === undefined
        ? undefined
        : new Backoff({ attempts, base: 100, factor: 2, jitter: 'none' }, 'test', { userId: 0, seed: 1 })
    const reconnected = (ms: number) => {
      this.downMs = ms
      events.reconnected(ms)
    }
    this.link = new ReconnectingConnection(
      { events: { ...events, reconnected }, backoff, tryMs: 50, lateMessage: 'too late', countsLater: false, ...rule },
      this,
    )
  }

  connect(): ConnectTry {
    if (this.wrong) throw new LocalError('no such file')
    const made = { destroyed: false }
    this.tries.push(made)
    return {
      givenUp: (message) => ({ class: 'connect_timeout', phase: 'connect', message }),
      destroy: () => {
        made.destroyed = true
        return this.triesGone
      },
    }
  }

  opened(): void {
    this.log.push('up')
  }

  lost({ class: name }: Failure, expected: boolean): void {
    this.log.push(`down ${name}${expected ? ' as expected' : ''}`)
  }

  failed(problem: Failure | LocalError): void {
    this.log.push(`failed: ${problem.message}`)
  }

  refuses(): boolean {
    return this.refusing
  }

  /** What was logged since the last call. */
  news(): string[] {
    return this.log.splice(0)
  }

  /** Connects, successfully. */
  open(): FakeConnection {
    this.link.want()
    return this.accept()
  }

  accept(): FakeConnection {
    const connection = new FakeConnection()
    this.link.opened(connection, TIMES)
    return connection
  }
}

test('idle → connecting → open, once: wanting it again changes nothing', () => {
  const owner = new Owner(3)
  owner.link.want()
  owner.link.want()
  expect([owner.tries.length, owner.link.current]).toEqual([1, undefined])
  const connection = owner.accept()
  owner.link.want()
  expect(owner.link.current).toBe(connection)
  expect([owner.tries.length, owner.news(), clock.pending]).toEqual([1, ['opened', 'up'], 0])
})

test('connecting → idle: the first connection is tried once', () => {
  const owner = new Owner(3)
  owner.link.want()
  owner.link.failed(REFUSED)
  expect([owner.news(), clock.pending]).toEqual([['openFailed refused', 'failed: nobody there'], 0])
  owner.open()
  expect(owner.news()).toEqual(['opened', 'up'])
})

test.each([
  [true, ['openFailed connect_timeout']],
  [false, []],
])('connecting → idle when nobody waits; too late is %j', (tooLate, log) => {
  const owner = new Owner(3)
  owner.link.unwant(tooLate)
  owner.link.want()
  owner.link.unwant(tooLate)
  owner.link.unwant(tooLate)
  expect([owner.news(), owner.tries]).toEqual([log, [{ destroyed: true }]])
  owner.open()
  owner.link.unwant(tooLate)
  expect(owner.link.current).toBeDefined()
})

test('open → resting → connecting → open, after the wait and with the time it was down', async () => {
  const owner = new Owner(3)
  owner.inFlight = 2
  const first = owner.open()
  owner.link.lost(first, RESET)
  owner.link.lost(first, REFUSED)
  expect(owner.news().slice(2)).toEqual(['lost reset', 'down reset'])
  owner.link.want()
  await pass(99)
  expect(owner.tries).toHaveLength(1)
  await pass(1)
  expect(owner.tries).toHaveLength(2)
  await pass(20)
  owner.link.unwant(true)
  owner.accept()
  expect([owner.news(), owner.downMs, clock.pending]).toEqual([['opened', 'reconnected', 'up'], 120, 0])
})

test('resting: a wait that the server asked for is the least', async () => {
  const owner = new Owner(1)
  owner.leastWaitMs = 1000
  owner.link.lost(owner.open(), RESET)
  await pass(1999)
  expect(owner.tries).toHaveLength(1)
  await pass(1)
  expect(owner.tries).toHaveLength(2)
})

test('tries grow apart, end by their own deadline, and after the last one the owner is told', async () => {
  const owner = new Owner(2)
  owner.link.lost(owner.open(), RESET)
  owner.news()
  await pass(100)
  owner.link.failed(REFUSED)
  expect(owner.news()).toEqual(['openFailed refused'])
  await pass(200)
  expect(owner.tries).toHaveLength(3)
  await pass(49)
  expect(owner.news()).toEqual([])
  await pass(1)
  expect([owner.news(), owner.tries.at(-1)]).toEqual([['openFailed connect_timeout', 'failed: too late'], { destroyed: true }])
  expect(clock.pending).toBe(0)
})

test.each([
  [true, ['opened', 'reconnected', 'up']],
  [false, ['opened', 'up']],
])('a connection that is wanted after the last try: counted as reconnected %j', async (countsLater, log) => {
  const owner = new Owner(1, { countsLater })
  owner.link.lost(owner.open(), RESET)
  await pass(100)
  owner.link.failed(REFUSED)
  owner.news()
  owner.open()
  expect(owner.news()).toEqual(log)
  // the waits begin anew
  owner.link.lost(owner.link.current as FakeConnection, RESET)
  await pass(100)
  expect(owner.tries).toHaveLength(4)
})

test('a refusal ends reconnecting', async () => {
  const owner = new Owner(5)
  owner.link.lost(owner.open(), RESET)
  await pass(100)
  owner.refusing = true
  owner.news()
  owner.link.failed(REFUSED)
  expect([owner.news(), clock.pending]).toEqual([['openFailed refused', 'failed: nobody there'], 0])
})

test('settings that are wrong end reconnecting, and count as no failed connection', async () => {
  const owner = new Owner(5)
  owner.link.lost(owner.open(), RESET)
  owner.wrong = true
  owner.news()
  await pass(100)
  expect([owner.news(), clock.pending]).toEqual([['failed: no such file'], 0])
})

test('resume: a loss before its time is made good with waits and tries, and the time since then', async () => {
  const owner = new Owner(2)
  await pass(500)
  const at = clock.now() - 400
  owner.link.resume(at)
  expect(owner.tries).toHaveLength(0)
  await pass(100)
  owner.link.failed(REFUSED)
  await pass(200)
  owner.accept()
  expect([owner.news(), owner.downMs, clock.pending]).toEqual([['openFailed refused', 'opened', 'reconnected', 'up'], 700, 0])
})

test('resume without a back-off connects at once; when closed it does nothing', () => {
  const owner = new Owner(undefined)
  owner.link.resume(clock.now())
  owner.accept()
  expect([owner.news(), owner.downMs]).toEqual([['opened', 'reconnected', 'up'], 0])
  const closed = new Owner(2)
  void closed.link.close()
  closed.link.resume(clock.now())
  expect([closed.tries, closed.link.underWay, clock.pending]).toEqual([[], false, 0])
})

test('settings that a try finds wrong end reconnecting as well', async () => {
  const owner = new Owner(5)
  owner.link.lost(owner.open(), RESET)
  await pass(100)
  owner.news()
  owner.link.failed(new LocalError('no such certificate'))
  expect([owner.news(), owner.link.underWay, clock.pending]).toEqual([['failed: no such certificate'], false, 0])
})

test.each([undefined, 0])('open → idle when lost with %j tries to reconnect', (attempts) => {
  const owner = new Owner(attempts, { countsLater: true })
  owner.link.lost(owner.open(), RESET)
  expect([owner.news().slice(2), clock.pending]).toEqual([['lost reset', 'down reset'], 0])
  owner.open()
  expect(owner.news()).toEqual(['opened', 'reconnected', 'up'])
})

test('open → idle at an expected end: no loss, and nothing reconnects', () => {
  const owner = new Owner(3)
  owner.link.lost(owner.open(), RESET, true)
  expect([owner.news().slice(2), clock.pending]).toEqual([['closed', 'down reset as expected'], 0])
})

test('a connection that is released stays until it ends, and its loss is nobody’s', async () => {
  const owner = new Owner(3)
  owner.inFlight = 1
  const first = owner.open()
  expect(owner.link.release()).toBe(first)
  owner.open()
  owner.news()
  owner.link.lost(first, RESET)
  first.go()
  await settle()
  expect([owner.news(), clock.pending, first.endings]).toEqual([['lost reset'], 0, []])
})

test.each(['open', 'resting', 'connecting'])('leave while %s → idle, for good until it is wanted', async (state) => {
  const owner = new Owner(3)
  const connection = owner.open()
  if (state !== 'open') owner.link.lost(connection, RESET)
  if (state === 'connecting') await pass(100)
  owner.news()
  let left = false
  const leaving = owner.link.leave('reset').then(() => {
    left = true
  })
  await settle()
  expect([left, clock.pending, connection.endings]).toEqual([state !== 'open', 0, state === 'open' ? ['reset'] : []])
  expect(owner.tries.at(-1)).toEqual({ destroyed: state === 'connecting' })
  connection.go()
  await leaving
  expect(owner.news()).toEqual(state === 'open' ? ['closed'] : [])
  owner.open()
  expect(owner.news()).toEqual(['opened', 'up'])
})

test.each(['idle', 'connecting', 'open', 'resting', 'reconnecting'])('close while %s: nothing is left', async (state) => {
  const owner = new Owner(3)
  const tryGone = Promise.withResolvers<void>()
  owner.triesGone = tryGone.promise
  if (state === 'connecting') owner.link.want()
  const connection = state === 'idle' || state === 'connecting' ? undefined : owner.open()
  if (connection && state !== 'open') owner.link.lost(connection, RESET)
  if (state === 'reconnecting') await pass(100)
  owner.news()
  let closed = false
  const closing = owner.link.close().then(() => {
    closed = true
  })
  await settle()
  expect([closed, clock.pending]).toEqual([state === 'idle', 0])
  tryGone.resolve()
  connection?.go()
  await closing
  expect([owner.news(), connection?.endings]).toEqual([state === 'open' ? ['closed'] : [], connection && ['close']])
  owner.link.want()
  expect([owner.link.current, owner.tries.length]).toEqual([undefined, state === 'idle' ? 0 : state === 'reconnecting' ? 2 : 1])
})

test('close waits for all connections that still exist, and ends them', async () => {
  const owner = new Owner(3)
  const released = owner.open()
  owner.link.release()
  const left = owner.open()
  void owner.link.leave('drop')
  const used = owner.open()
  owner.news()
  const closing = owner.link.close()
  for (const one of [released, left, used]) one.go()
  await closing
  expect([released.endings, left.endings, used.endings]).toEqual([['close'], ['drop', 'close'], ['close']])
  expect(owner.news()).toEqual(['closed', 'closed', 'closed'])
})

test('abort ends all at once, and a try that was under way counts as failed', async () => {
  const owner = new Owner(3)
  owner.link.want()
  expect(owner.link.abort()).toMatchObject({ class: 'connect_timeout', message: 'given up before the connection was made' })
  expect([owner.news(), owner.tries]).toEqual([['openFailed connect_timeout'], [{ destroyed: true }]])
  const open = new Owner(3)
  const connection = open.open()
  expect([open.link.abort(), connection.endings]).toEqual([undefined, ['drop']])
})
