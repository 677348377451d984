/** Asks one endpoint for its metrics, over and over, on a connection of its own. */
import type { Agent } from 'undici'
import { after, every, now } from '../clock.ts'
import type { ServerEndpoint } from '../result/schema.ts'
import { VERSION } from '../version.ts'
import { EndpointFigures, type LatestGauge } from './figures.ts'
import { PrometheusReader } from './prometheus.ts'

/** How long one answer may take, in ms. */
const TIMEOUT_MS = 500
/** Largest answer, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024
const MAX_ERROR = 200

/** What is asked, and how often. */
export interface ObservedEndpoint {
  /** An http or https address. */
  readonly url: string
  readonly everyMs: number
  /** Metrics to tell of beside the known ones. */
  readonly names: readonly string[]
}

/** One endpoint while a run goes on. It never throws: what goes wrong is counted. */
export class EndpointWatch {
  private readonly endpoint: ObservedEndpoint
  private readonly figures: EndpointFigures
  /** The library is loaded by runs that observe something, before their load begins. */
  private client: { readonly agent: Agent; readonly request: typeof import('undici').request } | undefined
  /** When times begin; before that everything is at 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private scrapes = 0
  private failed = 0
  private error: string | null = null
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}

  constructor(endpoint: ObservedEndpoint) {
    this.endpoint = endpoint
    this.figures = new EndpointFigures(endpoint.names)
  }

  /** Asks for the first time, so that counters count from before the load; resolves when that is over. */
  async begin(): Promise<void> {
    if (!this.client) {
      const { Agent, request } = await import('undici')
      this.client = { agent: new Agent({ connections: 1, pipelining: 1 }), request }
    }
    await this.ask(false)
  }

  /** Goes on asking; times count from `startedAt` (monotonic, in ms). */
  start(startedAt: number): void {
    this.startedAt = startedAt
    this.endTimer = every(this.endpoint.everyMs, () => void this.ask(true))
  }

  /** Asks for the last time, so that counters count until after the load. */
  async finish(): Promise<void> {
    this.endTimer()
    await this.underWay
    await this.ask(false)
  }

  async close(): Promise<void> {
    this.endTimer()
    await this.client?.agent.destroy()
  }

  /** The gauges of the last answer, and why there was none; null when there was one before. */
  get latest(): { readonly host: string; readonly gauges: readonly LatestGauge[]; readonly failed: string | null } {
    const { scrapes, failed, error } = this
    return { host: new URL(this.endpoint.url).host, gauges: this.figures.latest, failed: failed === scrapes ? error : null }
  }

  /** Returns one figure by its name in the result; undefined when the server tells nothing of it. */
  figure(name: string): ReturnType<EndpointFigures['figure']> {
    return this.figures.figure(name)
  }

  /** Returns all figures until now. */
  read(): ServerEndpoint {
    const { scrapes, failed, error } = this
    const { origin, pathname } = new URL(this.endpoint.url)
    return { url: `${origin}${pathname}`, scrapes, failed, error, ...this.figures.read() }
  }

  /** Asks once; not while the answer before is still awaited. */
  private ask(isLoaded: boolean): Promise<void> {
    this.underWay ??= this.scrape(isLoaded).finally(() => {
      this.underWay = undefined
    })
    return this.underWay
  }

  private async scrape(isLoaded: boolean): Promise<void> {
    this.scrapes += 1
    const late = new AbortController()
    const endTimeout = after(TIMEOUT_MS, () => late.abort(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    try {
      const reader = await this.answer(late.signal)
      if (reader.samples.length === 0) throw new Error('the answer holds no metric that burn knows, and none of `names`')
      this.figures.take(reader.samples, reader.types, Math.max(0, now() - this.startedAt), isLoaded)
    } catch (error) {
      this.failed += 1
      this.error = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR)
    } finally {
      endTimeout()
    }
  }

  private async answer(signal: AbortSignal): Promise<PrometheusReader> {
    const headers = { accept: 'text/plain; version=0.0.4', 'user-agent': `burn/${VERSION}` }
    if (!this.client) throw new Error('it was never begun')
    const { agent, request } = this.client
    const { statusCode, body } = await request(this.endpoint.url, { dispatcher: agent, signal, headers })
    if (statusCode !== 200) {
      await body.dump({ limit: 64 * 1024 })
      throw new Error(`status ${statusCode}`)
    }
    const reader = new PrometheusReader(this.figures.wants)
    const decoder = new TextDecoder()
    let bytes = 0
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      bytes += piece.byteLength
      if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES / 1024 / 1024} MiB`)
      reader.push(decoder.decode(piece, { stream: true }))
    }
    reader.end()
    return reader
  }
}
