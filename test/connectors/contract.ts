/** What every connector must do, whatever its protocol; and the small things that tests of connectors need. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { now } from '../../src/clock.ts'
import type { Connection, ConnectionEvents, Connector, OpenContext, TargetAddress } from '../../src/connectors/connector.ts'
import { Exchange, type ReplyReader } from '../../src/exchange.ts'

/** An exchange with a reader that takes whatever comes, and what was heard of it. */
export interface Trial {
  readonly exchange: Exchange
  /** Event names in order: head, data, end. */
  readonly heard: string[]
  /** All bytes so far, as text. */
  readonly text: () => string
  /** Arrival of each piece, ms. */
  readonly stamps: number[]
  readonly settled: Promise<Exchange>
}

/** Makes an exchange. `endsWith` finishes it as soon as the reply ends with that text, as a terminal event does. */
export function trial(endsWith?: string): Trial {
  const heard: string[] = []
  const pieces: Uint8Array[] = []
  const stamps: number[] = []
  const text = () => Buffer.concat(pieces).toString('utf8')
  const reader: ReplyReader = {
    head: () => void heard.push('head'),
    push(bytes, exchange) {
      heard.push('data')
      pieces.push(Uint8Array.from(bytes))
      stamps.push(exchange.lastActivityAt)
      if (endsWith !== undefined && text().endsWith(endsWith)) exchange.finish()
    },
    end(exchange) {
      heard.push('end')
      exchange.finish()
    },
  }
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  return { exchange: new Exchange(now(), reader, resolve), heard, text, stamps, settled: promise }
}

/** Connection events as text: "opened", "lost reset", … */
export function eventLog(): { events: ConnectionEvents; log: string[] } {
  const log: string[] = []
  const events: ConnectionEvents = {
    opened: () => void log.push('opened'),
    openFailed: (failureClass) => void log.push(`openFailed ${failureClass}`),
    lost: (failureClass) => void log.push(`lost ${failureClass}`),
    reconnected: (downMs) => void log.push(downMs >= 0 ? 'reconnected' : 'reconnected before it was lost'),
    closed: () => void log.push('closed'),
  }
  return { events, log }
}

/** An address with nothing but a URL, and what else is given. */
export function addressOf(url: string, rest: Partial<TargetAddress> = {}): TargetAddress {
  return { url, headers: {}, query: {}, tls: {}, ...rest }
}

/** What `open` wants beside the options. */
export function openContext(address: TargetAddress, rest: Partial<OpenContext> = {}): OpenContext {
  return {
    address,
    signal: new AbortController().signal,
    events: eventLog().events,
    baseDir: import.meta.dirname,
    userId: 0,
    ...rest,
  }
}

/** What a connector's test server must offer to the contract. */
export interface ContractSubject<Options, Step, Request> {
  readonly connector: Connector<Options, Step, Request>
  readonly options: Options
  readonly address: TargetAddress
  /** A message that the server answers with `frames`, never, or with one frame before it drops the connection. */
  readonly message: Readonly<Record<'frames' | 'hang' | 'vanish', unknown>>
  /** The pieces of the reply to `frames`, in order. */
  readonly frames: readonly string[]
  /** For protocols whose transport has no end of a reply: the reader ends it after this text. */
  readonly endsWith?: string
  /** Classes that a vanishing server may lead to. */
  readonly vanishClasses: readonly string[]
  /** Whole requests that the server has read. */
  requests(): number
  /** Sockets that the server has open. */
  openSockets(): number
  stop(): Promise<void>
}

/** Registers the tests that every connector must pass. */
export function connectorContract<Options, Step, Request>(
  name: string,
  setup: () => Promise<ContractSubject<Options, Step, Request>>,
): void {
  describe(`${name} keeps the contract of connectors`, () => {
    let subject: ContractSubject<Options, Step, Request>
    let connection: Connection<Request>
    let log: string[]

    beforeEach(async () => {
      subject = await setup()
      const recorded = eventLog()
      log = recorded.log
      connection = await subject.connector.open(subject.options, openContext(subject.address, { events: recorded.events }))
    })
    afterEach(async () => {
      await connection.close()
      await subject.stop()
    })

    function send(kind: 'frames' | 'hang' | 'vanish'): Trial {
      const sent = trial(kind === 'frames' ? subject.endsWith : undefined)
      connection.send(subject.connector.fromMessage(subject.message[kind], subject.address, subject.options), sent.exchange)
      return sent
    }

    test('frames arrive in order, after the request was sent', async () => {
      const one = send('frames')
      const exchange = await one.settled
      expect(exchange.failure).toBeUndefined()
      expect(exchange.outcome).toBe('ok')
      expect(one.text()).toBe(subject.frames.join(''))
      expect(exchange.bytesSent).toBeGreaterThan(0)
      const moments = [exchange.intended, exchange.sentAt, exchange.firstByteAt, ...one.stamps, exchange.endedAt]
      expect(moments.some(Number.isNaN)).toBe(false)
      expect(moments).toEqual(moments.toSorted((a, b) => a - b))
    })

    test('the server counts as many requests as were sent, over one connection', async () => {
      for (let n = 0; n < 20; n += 1) {
        const { outcome, reused } = await send('frames').settled
        expect([outcome, reused]).toEqual(['ok', n > 0])
      }
      expect(subject.requests()).toBe(20)
      expect(subject.openSockets()).toBe(1)
      expect(log.filter((event) => event === 'opened')).toEqual(['opened'])
    })

    test('a cancelled exchange hears nothing more, and the next one works', async () => {
      const hung = send('hang')
      await vi.waitFor(() => expect(subject.requests()).toBe(1))
      hung.exchange.fail('timeout_total', 'headers', 'the deadline passed')
      connection.cancel(hung.exchange)
      const before = [...hung.heard]
      expect((await send('frames').settled).outcome).toBe('ok')
      expect(hung.heard).toEqual(before)
      expect(hung.exchange.failure?.class).toBe('timeout_total')
      expect(subject.requests()).toBe(2)
      await vi.waitFor(() => expect(subject.openSockets()).toBe(1))
    })

    test('a server that vanishes is a failure with a class, and what came before is kept', async () => {
      const lost = send('vanish')
      const { outcome, failure } = await lost.settled
      expect(outcome).toBe('failed')
      expect(subject.vanishClasses).toContain(failure?.class)
      expect(lost.text()).toBe(subject.frames[0])
      expect(subject.requests()).toBe(1)
    })

    test('close leaves no socket behind', async () => {
      await send('frames').settled
      await connection.close()
      await vi.waitFor(() => expect(subject.openSockets()).toBe(0))
      expect(log.at(-1)).toBe('closed')
    })

    test('close cuts what is under way', async () => {
      const hung = send('hang')
      await vi.waitFor(() => expect(subject.requests()).toBe(1))
      await connection.close()
      expect((await hung.settled).outcome).toBe('cut')
      await vi.waitFor(() => expect(subject.openSockets()).toBe(0))
    })
  })
}
