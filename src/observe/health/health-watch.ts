/** Requests one address repeatedly, to see whether the target is well. */
import { now } from '../../clock.ts'
import type { HealthSummary } from '../../result/schema.ts'
import { type SideAccess, type SideAnswer, SideClient } from '../asking/client.ts'
import { onTimetable } from '../asking/timetable.ts'
import { GaugeValues } from '../gauge.ts'
import { SeriesRows } from '../series.ts'
import { type HealthCheck, nameOfCheck } from './schema.ts'

const MAX_ERROR = 200
/** The largest number of bytes of a body that are searched for the expected text. */
const MAX_BODY = 64 * 1024
/** The largest number of outages that are listed. */
const MAX_OUTAGES = 100

type HealthOutage = HealthSummary['outages'][number]
/** The settings of one health check: address, name, expected answer, interval and time limit. */
type HealthSettings = Pick<HealthCheck, 'url' | 'name' | 'expect' | 'every' | 'timeout'>

/**
 * What one health check found about outages, for evaluating thresholds: `lengths` has the length of each outage in ms, or a single 0 if there was
 * none; `events` is the number of outages, `samples` the number of checks.
 */
export interface OutageFigures {
  readonly lengths: GaugeValues
  readonly events: number
  readonly samples: number
}

/** Makes one health check repeatedly while a run lasts, and counts how often it fails. Never throws. */
export class HealthWatch {
  readonly name: string
  private readonly check: HealthSettings
  private readonly client: SideClient
  /** The moment from which times are counted, in monotonic ms. Until `start` is called, all times are 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private before: HealthSummary['before'] = null
  private ok = 0
  private failed = 0
  /** Number of checks that `cancel` ended before they had an answer. */
  private cut = 0
  /** Number of moments at which a check was due but not made, because the one before it was still awaited. */
  private dropped = 0
  /** Number of due moments for which no check was made because the current check is still awaited. */
  private waiting = 0
  /** Number of moments at which a check was due, by the outcome of the check that was made or awaited then. */
  private readonly due = { up: 0, down: 0 }
  private error: string | null = null
  private readonly outages: { fromMs: number; untilMs: number | null; error: string }[] = []
  private current: (typeof this.outages)[number] | undefined
  private outageCount = 0
  /** The lengths in ms of all outages that are over, including those that are not listed. */
  private readonly lengths = new GaugeValues()
  private readonly response = new GaugeValues()
  private readonly series = new SeriesRows()
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}
  private readonly cancelled = new AbortController()
  private ended: Promise<void> | undefined
  /** When the last check was due, in ms; an outage ends at the latest then. */
  private endMs = Number.POSITIVE_INFINITY

  constructor(check: HealthSettings, access: SideAccess) {
    this.check = check
    this.name = nameOfCheck(check)
    this.client = new SideClient(check.url, access)
  }

  /** Makes one check before the load. Resolves when it has ended or was cancelled. */
  async begin(): Promise<void> {
    await this.client.prepare().catch(() => {})
    const { error, ms } = await this.askOnce()
    if (!this.cancelled.signal.aborted) this.before = { ok: error === null, error, ms }
  }

  /** Makes checks repeatedly from now on. Times are counted from `startedAt`, in monotonic ms. */
  start(startedAt: number): void {
    this.startedAt = startedAt
    this.endTimer = onTimetable(startedAt, this.check.every, () => this.ask())
  }

  /** Ends the checks after the load: makes a last one, unless one is awaited, and resolves when it has ended. */
  finish(): Promise<void> {
    this.ended ??= this.askLast()
    return this.ended
  }

  /** Ends at once the check that is awaited, which then does not count, and makes no other. */
  cancel(): void {
    this.endTimer()
    this.cancelled.abort()
  }

  async close(): Promise<void> {
    this.endTimer()
    await this.client.close()
  }

  /** Why the present outage began; until the load has had a check, why the check before the load failed. Null when there is neither. */
  get latest(): string | null {
    return this.current?.error ?? (this.ok + this.failed === 0 ? (this.before?.error ?? null) : null)
  }

  /**
   * Returns a value of this check for thresholds: `availability` (the part of due moments at which the target was up), `response` (response times in
   * ms) or `outage` (lengths of outages in ms).
   */
  figure(name: string): { readonly part: number; readonly whole: number } | GaugeValues | OutageFigures | undefined {
    if (name === 'availability') return { part: this.due.up, whole: this.due.up + this.due.down }
    if (name === 'response') return this.response
    if (name !== 'outage' || this.ok + this.failed === 0) return undefined
    const isOver = this.current === undefined && this.outageCount > 0
    const lengths = isOver ? this.lengths : this.lengths.and(this.current ? this.lengthOf(this.current) : 0)
    return { lengths, events: this.outageCount, samples: this.ok + this.failed }
  }

  read(): HealthSummary {
    const { name, before, ok, failed, dropped, cut, due, error, outageCount, response } = this
    const { count, min, mean, max } = response
    const checks = ok + failed
    const longestOutageMs = outageCount === 0 ? null : Math.max(this.lengths.max, this.current ? this.lengthOf(this.current) : 0)
    return {
      ...{ name, url: this.client.shownUrl, before, checks, ok, failed, dropped, cut },
      availability: checks === 0 ? null : due.up / (due.up + due.down),
      ...{ error, outages: this.outages.map((one) => ({ ...one })), outageCount, longestOutageMs },
      response: count === 0 ? null : { count, min, mean, max, p95: response.percentile(95) },
      series: this.series.rows,
    }
  }

  private lengthOf({ fromMs, untilMs }: HealthOutage): number {
    return (untilMs ?? Math.max(fromMs, this.lastMs)) - fromMs
  }

  /** When the last check was answered or given up, in ms; at the latest the end of the load. */
  private lastMs = 0

  private async askLast(): Promise<void> {
    this.endTimer()
    if (!Number.isFinite(this.startedAt)) return
    this.endMs = this.sinceStart()
    // A check that is still awaited serves as the last one.
    if (!this.underWay) this.ask()
    await this.underWay
  }

  private ask(): void {
    if (this.cancelled.signal.aborted) return
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
    const due = 1 + this.waiting
    this.dropped += this.waiting
    this.waiting = 0
    if (this.cancelled.signal.aborted) {
      this.cut += 1
      return
    }
    this.lastMs = Math.min(this.sinceStart(), this.endMs)
    if (error === null) {
      this.ok += 1
      this.due.up += due
      this.response.take(ms)
      this.series.take(fromMs, { up: 1, response_ms: ms })
      this.recover()
      return
    }
    this.failed += 1
    this.due.down += due
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
      const error = await this.client.ask(this.check.timeout, {}, (answer) => this.verdictOf(answer), this.cancelled.signal)
      return { error, ms: now() - startedAt }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { error: (message === '' ? 'no connection' : message).slice(0, MAX_ERROR), ms: now() - startedAt }
    }
  }

  /** Returns what is wrong with an answer; null when it is as expected. */
  private async verdictOf({ status, body }: SideAnswer): Promise<string | null> {
    const { status: expected, contains } = this.check.expect ?? {}
    if (expected ? !expected.includes(status) : status < 200 || status > 299) {
      const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : ''
      return `status ${status}${redirect}, expected ${expected?.join(' or ') ?? '200 to 299'}`
    }
    // The whole body must come in time; one that never ends counts as a time-out.
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
