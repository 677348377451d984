/** Reads the metrics of one endpoint repeatedly, over a connection of its own. */
import { every, now } from '../clock.ts'
import type { ServerEndpoint } from '../result/schema.ts'
import { AnswerCounts } from './asking/answer-counts.ts'
import { type SideAccess, SideClient } from './asking/client.ts'
import { scrape } from './asking/scrape.ts'
import { EndpointFigures, type LatestGauge } from './figures.ts'

/**
 * A metrics endpoint of a server that the scenario names in `observe:`: its address, how to reach it, how often to read it, and which metrics to
 * keep.
 */
interface ObservedEndpoint {
  /** The http or https address of the metrics. */
  readonly url: string
  readonly everyMs: number
  /** Names of further metrics to report, in addition to those that burn knows. */
  readonly names: readonly string[]
  readonly access: SideAccess
}

/**
 * Reads one metrics endpoint of a server (`observe:`) again and again while a run lasts, and collects the metrics for the result. Never throws:
 * failures are counted.
 */
export class EndpointWatch {
  private readonly endpoint: ObservedEndpoint
  private readonly figures: EndpointFigures
  private readonly client: SideClient
  /** The moment from which times are counted, in monotonic ms. Until `start` is called, all times are 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private readonly answers = new AnswerCounts()
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}

  constructor(endpoint: ObservedEndpoint) {
    this.endpoint = endpoint
    this.figures = new EndpointFigures(endpoint.names)
    this.client = new SideClient(endpoint.url, endpoint.access)
  }

  /** Reads the metrics for the first time, so that growth is counted from before the load. Resolves when that is done. */
  async begin(): Promise<void> {
    await this.client.prepare()
    await this.ask(false)
  }

  /** Reads the metrics repeatedly from now on. Times are counted from `startedAt`, in monotonic ms. */
  start(startedAt: number): void {
    this.startedAt = startedAt
    this.endTimer = every(this.endpoint.everyMs, () => void this.ask(true))
  }

  /** Reads the metrics for the last time, so that growth is counted until after the load. */
  async finish(): Promise<void> {
    this.endTimer()
    await this.underWay
    await this.ask(false)
  }

  async close(): Promise<void> {
    this.endTimer()
    await this.client.close()
  }

  /** The last known value of each gauge, and in `failed` why no answer ever came; null when one has come. */
  get latest(): { readonly host: string; readonly gauges: readonly LatestGauge[]; readonly failed: string | null } {
    return { host: new URL(this.endpoint.url).host, gauges: this.figures.latest, failed: this.answers.silence }
  }

  /** Returns the values of one metric by its name in the result; undefined when the server does not report it. */
  figure(name: string): ReturnType<EndpointFigures['figure']> {
    return this.figures.figure(name)
  }

  /** True when enough answers came to evaluate a metric; `isSum` is true for a metric that grows over the run. */
  isKnown(isSum: boolean): boolean {
    return this.answers.isEnough(isSum)
  }

  /** Returns all metrics that were collected so far. */
  read(): ServerEndpoint {
    const { asked, failed, error } = this.answers.counts
    return { url: this.client.shownUrl, scrapes: asked, failed, error, ...this.figures.read() }
  }

  /** Reads the metrics once, unless an earlier request is still awaited. */
  private ask(isLoaded: boolean): Promise<void> {
    this.underWay ??= this.answers
      .count(isLoaded, () => this.scrape(isLoaded))
      .finally(() => {
        this.underWay = undefined
      })
    return this.underWay
  }

  private async scrape(isLoaded: boolean): Promise<void> {
    const reader = await scrape(this.client, this.figures.wants)
    if (reader.samples.length === 0) throw new Error('the answer holds no metric that burn knows, and none of `names`')
    this.figures.take(reader.samples, reader.types, Math.max(0, now() - this.startedAt), isLoaded)
  }
}
