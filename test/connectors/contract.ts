/** What every connector must do, whatever its protocol; and the small things that tests of connectors need. */
import { createServer, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { now } from '../../src/clock.ts'
import type { Connection, ConnectionEvents, Connector, OpenContext, TargetAddress } from '../../src/connectors/wire/connector.ts'
import type { TargetError } from '../../src/errors.ts'
import { Exchange, type ReplyReader } from '../../src/exchange.ts'
import { Relay } from '../../src/faults/relay/relay.ts'
import type { WireFault } from '../../src/faults/relay/wire-fault.ts'
import { listen } from '../servers/http-faults.ts'
import { ALL_CASES, drawn } from '../support/share.ts'
import { wireFault } from '../support/wire-fault.ts'

setFlagsFromString('--expose-gc')
const gc: unknown = runInNewContext('gc')

/** Heap in use, bytes, once what can be freed is; 0 in `npm test`, as only all cases show a leak of some kilobytes. */
async function heapUsed(): Promise<number> {
  if (!ALL_CASES) return 0
  for (let n = 0; n < 4; n += 1) {
    if (typeof gc === 'function') gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}

/** A peer that takes every connection and never says a word. */
export async function mutePeer() {
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer((socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.resume().once('close', () => sockets.delete(socket))
  })
  const port = await listen(server)
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { port, accepted: () => accepted, openSockets: () => sockets.size, stop }
}

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

/** Sends a request `times` times, each after the reply to the one before; resolves with the settled exchanges and the replies as text. */
export async function inTurn<Request>(connection: Connection<Request>, request: () => Request, times = 1) {
  const trials: { exchange: Exchange; text: string }[] = []
  for (let n = 0; n < times; n += 1) {
    const one = trial()
    connection.send(request(), one.exchange)
    trials.push({ exchange: await one.settled, text: one.text() })
  }
  return trials
}

/** Connection events as text: "opened", "lost reset", … */
export function eventLog(): { events: ConnectionEvents; log: string[]; lostInFlight: number[] } {
  const log: string[] = []
  /** Of each loss, the exchanges that went with it. */
  const lostInFlight: number[] = []
  const events: ConnectionEvents = {
    opened: () => void log.push('opened'),
    openFailed: (failureClass) => void log.push(`openFailed ${failureClass}`),
    lost(failureClass, inFlight = Number.NaN) {
      log.push(`lost ${failureClass}`)
      lostInFlight.push(inFlight)
    },
    reconnected: (downMs) => void log.push(downMs >= 0 ? 'reconnected' : 'reconnected before it was lost'),
    closed: () => void log.push('closed'),
  }
  return { events, log, lostInFlight }
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
    seed: 'contract',
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
  /** Sockets of one user, where a protocol needs more than one. */
  readonly sockets?: number
  /** Classes that a vanishing server may lead to. */
  readonly vanishClasses: readonly string[]
  /** Whole requests that the server has read. */
  requests(): number
  /** Sockets that the server has open. */
  openSockets(): number
  stop(): Promise<void>
  /** Scheme of an address whose peer can let a connection hang that is being made: in its TLS handshake or in the protocol's own. */
  readonly hangs: string
  /** Lets go of all that the server remembers but its counts, for tests of memory. With it, hundreds of cycles are tried. */
  forget?(): void
}

/** Opens a user's line, sends one message, has its reply, and closes. */
async function cycle<Options, Step, Request>(
  { connector, options, address, message, endsWith }: ContractSubject<Options, Step, Request>,
  userId: number,
): Promise<void> {
  const connection = await connector.open(options, openContext(address, { userId }))
  const { exchange, settled } = trial(endsWith)
  connection.send(connector.fromMessage(message.frames, address, options), exchange)
  expect((await settled).outcome).toBe('ok')
  await connection.close()
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
    let lostInFlight: number[]
    let sockets: number

    beforeEach(async () => {
      subject = await setup()
      sockets = subject.sockets ?? 1
      const recorded = eventLog()
      ;({ log, lostInFlight } = recorded)
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
      expect(subject.openSockets()).toBe(sockets)
      expect(log.filter((event) => event === 'opened')).toHaveLength(sockets)
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
      await vi.waitFor(() => expect(subject.openSockets()).toBe(sockets))
    })

    test('a server that vanishes is a failure with a class, and what came before is kept', async () => {
      const lost = send('vanish')
      const { outcome, failure } = await lost.settled
      expect(outcome).toBe('failed')
      expect(subject.vanishClasses).toContain(failure?.class)
      expect(lost.text()).toBe(subject.frames[0])
      expect(subject.requests()).toBe(1)
      await vi.waitFor(() => expect(lostInFlight).toEqual([1]))
    })

    test('a connection that is lost while idle takes no exchange with it', async () => {
      expect((await send('frames').settled).outcome).toBe('ok')
      await subject.stop()
      await vi.waitFor(() => expect(log[sockets]).toMatch(/^(lost|closed)/))
      expect(lostInFlight.filter((count) => count !== 0)).toEqual([])
    })

    test('close leaves no socket behind', async () => {
      await send('frames').settled
      await connection.close()
      await vi.waitFor(() => expect(subject.openSockets()).toBe(0))
      expect(log.at(-1)).toBe('closed')
    })

    test('deliberate closing never reconnects', async () => {
      expect((await send('frames').settled).outcome).toBe('ok')
      await connection.close()
      await vi.waitFor(() => expect(subject.openSockets()).toBe(0))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(log).toEqual([...Array(sockets).fill('opened'), ...Array(sockets).fill('closed')])
      expect([subject.openSockets(), subject.requests()]).toEqual([0, 1])
    })

    test('a peer that never answers: its socket is freed, and a failed connection told once at most', async () => {
      const peer = await mutePeer()
      const address = { ...subject.address, url: `${subject.hangs}//127.0.0.1:${peer.port}/chat` }
      const recorded = eventLog()
      const deadline = new AbortController()
      const made = trial()
      const opening = subject.connector.open(
        subject.options,
        openContext(address, { events: recorded.events, signal: deadline.signal, userId: 7 }),
      )
      // one that connects in `open` is stopped by the signal, one that does so for its first request by cancel
      const line = opening.then(
        (lazy) => {
          lazy.send(subject.connector.fromMessage(subject.message.frames, address, subject.options), made.exchange)
          return lazy
        },
        () => undefined,
      )
      await vi.waitFor(() => expect(peer.accepted()).toBe(1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      made.exchange.fail('connect_timeout', 'connect', 'the deadline passed')
      deadline.abort()
      const lazy = await line
      lazy?.cancel(made.exchange)
      await vi.waitFor(() => expect(peer.openSockets()).toBe(0))
      await lazy?.close()
      // where the connector leaves the deadline to the runner, that counts the failed connection
      expect([[], ['openFailed connect_timeout'], ['openFailed timeout_headers']]).toContainEqual(recorded.log)
      expect(peer.accepted()).toBe(1)
      await peer.stop()
    })

    /** Sends one message over a connection that a relay with this fault leads; resolves with how it ended. */
    async function throughRelay(fault: WireFault) {
      const relay = await Relay.listen({ host: '127.0.0.1', port: 0, faults: [fault], seed: 7 })
      relay.start()
      // Options of its own, since users with the same ones may share a connection.
      const options = { ...subject.options }
      const recorded = eventLog()
      const made = trial(subject.endsWith)
      const open = subject.connector.open(options, openContext(subject.address, { events: recorded.events, relay, userId: 8 }))
      const line = await open.catch((error: TargetError) => {
        made.exchange.fail(error.class, error.phase, error.message)
        return undefined
      })
      line?.send(subject.connector.fromMessage(subject.message.frames, subject.address, options), made.exchange)
      const exchange = await made.settled
      const counts = relay.counts()
      await line?.close()
      await relay.close()
      return { exchange, text: made.text(), counts, log: recorded.log }
    }

    test('with a relay, all its sockets lead through it, and the exchange knows which faults acted', async () => {
      const { exchange, text, counts, log } = await throughRelay(wireFault({ slice: 3 }))
      expect([exchange.failure, text]).toEqual([undefined, subject.frames.join('')])
      expect(counts).toMatchObject({ connections: sockets, unreached: 0, faults: [{ drawn: sockets, acted: sockets }] })
      expect([...(exchange.wireFaults?.acted ?? [])]).toEqual(['slice'])
      expect(log.filter((event) => event === 'opened')).toHaveLength(sockets)
    })

    test('a refusal by the relay is no failure of the target, which never learns of it', async () => {
      const before = subject.requests()
      const { exchange, counts, log } = await throughRelay(wireFault({ refuse: true }))
      expect(exchange.failure).toMatchObject({ class: 'injected_refuse', phase: 'connect' })
      expect([...new Set(log)]).toEqual(['openFailed injected_refuse'])
      expect([subject.requests() - before, counts.unreached]).toEqual([0, 0])
    })

    test('cycles of opening and closing leave handles and heap flat', async (context) => {
      const { forget } = subject
      if (!forget) return context.skip()
      let userId = 1
      const cycles = async (count: number) => {
        const before = subject.requests()
        for (let n = 0; n < count; n += 1) {
          userId += 1
          await cycle(subject, userId)
        }
        expect(subject.requests() - before).toBe(count)
        await vi.waitFor(() => expect(subject.openSockets()).toBeLessThanOrEqual(sockets))
        forget()
        return { heap: await heapUsed(), handles: process.getActiveResourcesInfo().length }
      }
      // A tenth shows what stays open.
      const count = drawn(1000, 10)
      const before = await cycles(count / 2)
      const after = await cycles(count)
      expect(after.handles).toBeLessThanOrEqual(before.handles + 5)
      // a connection that were kept would be 10 kB or more, and what is not of the connections does not grow with their number
      expect(after.heap - before.heap).toBeLessThan(1.2e6 + 1800 * count)
    }, 60_000)

    test('close cuts what is under way', async () => {
      const hung = send('hang')
      await vi.waitFor(() => expect(subject.requests()).toBe(1))
      await connection.close()
      expect((await hung.settled).outcome).toBe('cut')
      await vi.waitFor(() => expect(subject.openSockets()).toBe(0))
    })
  })
}
