/** The protocol `memory`: a target without a network, whose replies are functions and use the clock of the run. */
import * as z from 'zod'
import { after, now } from '../../src/clock.ts'
import { registerConnector } from '../../src/connectors/index.ts'
import { type Connection, defineConnector, type OpenContext, type TargetAddress } from '../../src/connectors/wire/connector.ts'
import { TargetError } from '../../src/errors.ts'
import type { Exchange } from '../../src/exchange.ts'

/** What the target does with one request. Each time in ms counts from the event before it. */
export interface Reply {
  /** Time until status and headers arrive; without this and `pieces` they never arrive. */
  readonly headMs?: number
  /** Status code; 200 by default. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly pieces?: readonly (readonly [afterMs: number, text: string])[]
  /** How the reply ends. done (default): complete; lost: the connection breaks; hang: nothing more arrives. */
  readonly end?: 'done' | 'lost' | 'hang'
}

type Asked = Omit<MemoryRequest, 'at'>

/** What the target does with a new connection: accepts or refuses it after `afterMs` ms. */
export interface Welcome {
  readonly afterMs: number
  readonly refused?: boolean
}

/** One request as the in-memory target receives it. */
export interface MemoryRequest {
  readonly path: string
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** The bytes that were sent in place of `body`, because an injected fault has changed them; left out when none has. */
  readonly changed?: Buffer
  /** Time of arrival, in ms of the run's clock. */
  readonly at: number
}

/** How an in-memory target treats connections and requests; `n` counts requests. */
export interface MemoryBehaviour {
  readonly welcome?: (connection: number) => Welcome
  readonly reply: (request: MemoryRequest, n: number) => Reply
}

const targets = new Map<string, MemoryTarget>()

/** An in-memory target, which counts connections and requests independently of burn, as a real server would. */
export class MemoryTarget {
  readonly url: string
  readonly behaviour: MemoryBehaviour
  readonly requests: MemoryRequest[] = []
  connections = 0
  open = 0
  /** Number of requests that the client cancelled before the end of the reply. */
  cancelled = 0
  /** Number of connections that burn ended under a request, as a peer or the network does. */
  severed = 0

  constructor(behaviour: MemoryBehaviour) {
    this.behaviour = behaviour
    const host = `t${targets.size}`
    this.url = `memory://${host}`
    targets.set(host, this)
  }
}

/** One user's connection. */
class MemoryConnection implements Connection<Asked> {
  gone = false
  private readonly target: MemoryTarget
  private readonly context: OpenContext
  /** For each incomplete reply, a function that ends it. */
  private readonly playing = new Map<Exchange, () => void>()
  private carried = 0

  constructor(target: MemoryTarget, context: OpenContext) {
    this.target = target
    this.context = context
  }

  send(asked: Asked, exchange: Exchange): void {
    const { target } = this
    const request = { ...asked, at: now() }
    const n = target.requests.push(request) - 1
    exchange.carried(this.carried++ > 0)
    exchange.sent(JSON.stringify(asked.body)?.length ?? 0)
    this.playing.set(exchange, () => {})
    this.play(target.behaviour.reply(request, n), exchange)
  }

  private play(reply: Reply, exchange: Exchange): void {
    if (reply.headMs === undefined && reply.pieces === undefined && reply.end === undefined) return
    const { headMs = 0, status = 200, headers = {}, pieces = [], end = 'done' } = reply
    const acts: (readonly [number, () => void])[] = [
      [headMs, () => exchange.head(status, headers)],
      ...pieces.map(([ms, text]) => [ms, () => exchange.data(Buffer.from(text))] as const),
      [0, () => this.finish(end, exchange)],
    ]
    const step = (i: number): void => {
      const act = acts[i]
      if (!act || exchange.settled) {
        if (end !== 'hang') this.playing.delete(exchange)
        return
      }
      this.playing.set(
        exchange,
        after(act[0], () => {
          act[1]()
          step(i + 1)
        }),
      )
    }
    step(0)
  }

  private finish(end: 'done' | 'lost' | 'hang', exchange: Exchange): void {
    if (end === 'done') exchange.done()
    if (end === 'lost') this.lose()
  }

  sever(): void {
    if (this.gone) return
    this.target.severed += 1
    this.lose()
  }

  /** Ends with all that is in flight. */
  private lose(): void {
    const inFlight = [...this.playing.keys()].filter(({ settled }) => !settled)
    for (const stop of this.playing.values()) stop()
    this.playing.clear()
    this.end()
    this.context.events.lost('closed_early', inFlight.length)
    for (const exchange of inFlight) exchange.fail('closed_early', 'stream', 'the connection ended')
  }

  cancel(exchange: Exchange): void {
    const stop = this.playing.get(exchange)
    if (!stop) return
    stop()
    this.playing.delete(exchange)
    this.target.cancelled += 1
  }

  close(): void {
    for (const stop of this.playing.values()) stop()
    if (this.gone) return
    this.end()
    this.context.events.closed()
  }

  private end(): void {
    this.gone = true
    this.target.open -= 1
  }
}

interface MemoryStep {
  readonly say?: unknown
  readonly json?: unknown
  readonly path?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The request of a step; a step may also use the form of HTTP requests (`json`, `path`, `headers`). */
function asked({ say, json = say ?? null, path, headers }: MemoryStep, { url, headers: own }: TargetAddress): Asked {
  const all = Object.entries({ ...own, ...headers }).map(([name, value]) => [name.toLowerCase(), value])
  return { path: path ?? URL.parse(url)?.pathname ?? '', headers: Object.fromEntries(all), body: json }
}

const jsonOf = (value: unknown) => (value === undefined ? undefined : Buffer.from(JSON.stringify(value)))

const withBytes = (request: Asked, changed: Buffer | undefined) => changed && { ...request, changed }

const memory = defineConnector({
  protocol: 'memory',
  schemes: { 'memory:': {} },
  options: z.strictObject({}).default({}).describe('A target in this process'),
  request: z
    .strictObject({
      say: z.unknown().optional(),
      method: z.string().optional(),
      path: z.string().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      json: z.unknown().optional(),
    })
    .describe('What to send'),
  fromMessage: (json, address) => asked({ json }, address),
  fromStep: (step: MemoryStep, address) => asked(step, address),
  payload: {
    drifted: (request, change) => withBytes(request, jsonOf(change(request.body)?.changed)),
    altered: (request, change) => withBytes(request, change(jsonOf(request.body) ?? Buffer.alloc(0))),
  },
  async open(_options, context) {
    const target = targets.get(URL.parse(context.address.url)?.host ?? '')
    if (!target) throw new Error(`there is no ${context.address.url}`)
    target.connections += 1
    const { afterMs, refused = false } = target.behaviour.welcome?.(target.connections - 1) ?? { afterMs: 0 }
    await pause(afterMs, context.signal)
    if (context.signal.aborted || refused) {
      context.events.openFailed(refused ? 'refused' : 'connect_timeout')
      throw new TargetError(refused ? 'refused' : 'connect_timeout', 'connect', 'no connection')
    }
    target.open += 1
    context.events.opened({ dnsMs: null, connectMs: afterMs, tlsMs: null })
    return new MemoryConnection(target, context)
  },
})

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = after(ms, resolve)
    signal.addEventListener(
      'abort',
      () => {
        stop()
        resolve()
      },
      { once: true },
    )
  })
}

const taken = registerConnector(memory)
if (taken !== undefined) throw new Error(taken)
