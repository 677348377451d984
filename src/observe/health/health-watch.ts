/** Asks one address, over and over, whether the target is well. */
import { now } from '../../clock.ts'
import type { HealthSummary } from '../../result/schema.ts'
import { type SideAccess, type SideAnswer, SideClient } from '../asking/client.ts'
import { onTimetable } from '../asking/timetable.ts'
import { GaugeValues } from '../gauge.ts'
import { SeriesRows } from '../series.ts'
import { type HealthCheck, nameOfCheck } from './schema.ts'

const MAX_ERROR = 200
/** What is read of a body for a text, in bytes. */
const MAX_BODY = 64 * 1024
/** Most outages that are listed. */
const MAX_OUTAGES = 100

type Outage = HealthSummary['outages'][number]
/** What is asked of one address. */
type Asked = Pick<HealthCheck, 'url' | 'name' | 'expect' | 'every' | 'timeout'>

/** How long the outages of one check were (0 alone without any), their number, and the checks that they were seen in. */
export interface OutageFigures {
  readonly lengths: GaugeValues
  readonly events: number
  readonly samples: number
}

/** Makes one health check again and again while a run goes on, and counts how often it fails. Never throws. */
export class HealthWatch {
  readonly name: string
  private readonly check: Asked
  private readonly client: SideClient
  /** When times begin; before that everything is at 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private before: HealthSummary['before'] = null
  private ok = 0
  private failed = 0
  /** Checks that were due while one was awaited. */
  private waiting = 0
  private error: string | null = null
  private readonly outages: { fromMs: number; untilMs: number | null; error: string }[] = []
  private current: (typeof this.outages)[number] | undefined
  private outageCount = 0
  /** Lengths of the outages that are over, also of those that are not listed. */
  private readonly lengths = new GaugeValues()
  private readonly response = new GaugeValues()
  private readonly series = new SeriesRows()
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}

  constructor(check: Asked, access: SideAccess) {
    this.check = check
    this.name = nameOfCheck(check)
    this.client = new SideClient(check.url, access)
  }

  /** Asks once before the load; resolves when that is over. */
  async begin(): Promise<void> {
    await this.client.prepare().catch(() => {})
    const { error, ms } = await this.askOnce()
    this.before = { ok: error === null, error, ms }
  }

  /** Goes on asking; times count from `startedAt` (monotonic, in ms). */
  start(startedAt: number): void {
    this.startedAt = startedAt
    this.endTimer = onTimetable(startedAt, this.check.every, () => this.due())
  }

  /** Asks for the last time. */
  async finish(): Promise<void> {
    this.endTimer()
    await this.underWay
    if (!Number.isFinite(this.startedAt)) return
    this.due()
    await this.underWay
  }

  async close(): Promise<void> {
    this.endTimer()
    await this.client.close()
  }

  /** How it is now: the failure, or null when it is well or was not asked yet. */
  get latest(): string | null {
    return this.current?.error ?? (this.ok + this.failed === 0 ? (this.before?.error ?? null) : null)
  }

  /** How often it was up, of all checks: 1 or 0 for each, as thresholds take them; and lengths of outages and answers, in ms. */
  figure(name: string): { readonly part: number; readonly whole: number } | GaugeValues | OutageFigures | undefined {
    if (name === 'availability') return { part: this.ok, whole: this.ok + this.failed }
    if (name === 'response') return this.response
    if (name !== 'outage' || this.ok + this.failed === 0) return undefined
    const isOver = this.current === undefined && this.outageCount > 0
    const lengths = isOver ? this.lengths : this.lengths.and(this.current ? this.lengthOf(this.current) : 0)
    return { lengths, events: this.outageCount, samples: this.ok + this.failed }
  }

  read(): HealthSummary {
    const { name, before, ok, failed, error, outageCount, response } = this
    const { count, min, mean, max } = response
    const checks = ok + failed
    const longestOutageMs = outageCount === 0 ? null : Math.max(this.lengths.max, this.current ? this.lengthOf(this.current) : 0)
    return {
      ...{ name, url: this.client.shownUrl, before, checks, ok, failed },
      availability: checks === 0 ? null : ok / checks,
      ...{ error, outages: this.outages.map((one) => ({ ...one })), outageCount, longestOutageMs },
      response: count === 0 ? null : { count, min, mean, max, p95: response.percentile(95) },
      series: this.series.rows,
    }
  }

  private lengthOf({ fromMs, untilMs }: Outage): number {
    return (untilMs ?? Math.max(fromMs, this.lastMs)) - fromMs
  }

  /** When the last check was answered, or given up. */
  private lastMs = 0

  private due(): void {
    if (this.underWay) {
      this.waiting += 1
      return
    }
    const fromMs = this.sinceStart()
    this.underWay = this.askOnce()
      .then((answer) => this.take(fromMs, answer))
      .finally(() => {
        this.underWay = undefined
      })
  }

  private sinceStart(): number {
    return Math.max(0, now() - this.startedAt)
  }

  private take(fromMs: number, { error, ms }: { error: string | null; ms: number }): void {
    const count = 1 + this.waiting
    this.waiting = 0
    this.lastMs = this.sinceStart()
    if (error === null) {
      this.ok += count
      this.response.take(ms)
      this.series.take(fromMs, { up: 1, response_ms: ms })
      this.recover()
      return
    }
    this.failed += count
    this.error = error
    this.series.take(fromMs, { up: 0 })
    if (this.current) return
    this.outageCount += 1
    this.current = { fromMs, untilMs: null, error }
    if (this.outages.length < MAX_OUTAGES) this.outages.push(this.current)
  }

  private recover(): void {
    if (!this.current) return
    this.current.untilMs = this.lastMs
    this.lengths.take(this.lengthOf(this.current))
    this.current = undefined
  }

  private async askOnce(): Promise<{ error: string | null; ms: number }> {
    const startedAt = now()
    try {
      const error = await this.client.ask(this.check.timeout, {}, (answer) => this.verdictOf(answer))
      return { error, ms: now() - startedAt }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { error: (message === '' ? 'no connection' : message).slice(0, MAX_ERROR), ms: now() - startedAt }
    }
  }

  /** What is wrong with an answer; null for nothing. */
  private async verdictOf({ status, body }: SideAnswer): Promise<string | null> {
    const { status: expected, contains } = this.check.expect ?? {}
    if (expected ? !expected.includes(status) : status < 200 || status > 299) {
      const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : ''
      return `status ${status}${redirect}, expected ${expected?.join(' or ') ?? '200 to 299'}`
    }
    // The whole answer counts: a body that never ends is one that does not come in time.
    const pieces: Uint8Array[] = []
    let bytes = 0
    for await (const piece of body) {
      pieces.push(piece)
      bytes += piece.byteLength
      if (bytes >= MAX_BODY) break
    }
    if (contains === undefined) return null
    return Buffer.concat(pieces).toString('utf8').includes(contains) ? null : `the body does not hold "${contains.slice(0, 60)}"`
  }
}
