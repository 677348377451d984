/** Reads the metrics of one endpoint again and again, on a connection of its own. */
import { every, now } from '../clock.ts'
import type { ServerEndpoint } from '../result/schema.ts'
import { AnswerCounts } from './asking/answer-counts.ts'
import { type SideAccess, SideClient } from './asking/client.ts'
import { scrape } from './asking/scrape.ts'
import { EndpointFigures, type LatestGauge } from './figures.ts'

/** A metrics endpoint to observe: its address, how it is reached, how often it is read, and which metrics. */
export interface ObservedEndpoint {
  /** An http or https address. */
  readonly url: string
  readonly everyMs: number
  /** Names of further metrics to report, beside those that burn knows. */
  readonly names: readonly string[]
  readonly access: SideAccess
}

/** Reads one metrics endpoint again and again while a run goes on, and collects its metrics. Never throws: failures are counted. */
export class EndpointWatch {
  private readonly endpoint: ObservedEndpoint
  private readonly figures: EndpointFigures
  private readonly client: SideClient
  /** When times begin; before that everything is at 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private readonly answers = new AnswerCounts()
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}

  constructor(endpoint: ObservedEndpoint) {
    this.endpoint = endpoint
    this.figures = new EndpointFigures(endpoint.names)
    this.client = new SideClient(endpoint.url, endpoint.access)
  }

  /** Asks for the first time, so that counters count from before the load; resolves when that is over. */
  async begin(): Promise<void> {
    await this.client.prepare()
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
    await this.client.close()
  }

  /** The gauges of the last answer, and why there was none; null when there was one before. */
  get latest(): { readonly host: string; readonly gauges: readonly LatestGauge[]; readonly failed: string | null } {
    return { host: new URL(this.endpoint.url).host, gauges: this.figures.latest, failed: this.answers.silence }
  }

  /** Returns one figure by its name in the result; undefined when the server tells nothing of it. */
  figure(name: string): ReturnType<EndpointFigures['figure']> {
    return this.figures.figure(name)
  }

  /** True when it answered often enough to be judged; `isSum` asks it of what grows over the run. */
  isKnown(isSum: boolean): boolean {
    return this.answers.isEnough(isSum)
  }

  /** Returns all figures until now. */
  read(): ServerEndpoint {
    const { asked, failed, error } = this.answers.counts
    return { url: this.client.shownUrl, scrapes: asked, failed, error, ...this.figures.read() }
  }

  /** Asks once; not while the answer before is still awaited. */
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
