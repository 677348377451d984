/** Measures one load after the other until a search has found its answer, or must end without one. */
import { EXIT } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { type MeasuredPoint, SEARCH_VERSION, type SearchResult } from '../../result/search.ts'
import { isBrokenCode, isSignalCode } from '../../result/verdict.ts'
import { isDecided, loadText, SEARCH_UNDER_WAY, type SearchStop, searchEnd } from '../../search/ending.ts'
import { foundFor, isUseless, nextOf } from '../../search/found.ts'
import { kneeOf } from '../../search/knee.ts'
import { lengthsFor } from '../../search/lengths.ts'
import { pointOf } from '../../search/measured.ts'
import type { SearchStep } from '../../search/next.ts'
import { formatMs } from '../../text/units.ts'
import type { SearchChoices } from './choices.ts'
import type { PointLoad, SearchSubject } from './subject.ts'

/** The functions with which a search runs measurements, stores its state and reports progress. */
interface SearchTools {
  /**
   * Runs the scenario with the load of a point, and stores the run in the folder `folder` inside that of the search. `maxCost` is the money that is
   * left; undefined for no limit.
   */
  readonly run: (point: PointLoad, folder: string, maxCost: number | undefined) => Promise<Result>
  /** Writes the current state of the search to its files. */
  readonly save: (search: SearchResult) => Promise<void>
  /** Called before a point is measured, with a text that says what is measured. */
  readonly onBegin: (text: string) => void
  readonly onPoint: (point: MeasuredPoint) => void
}

/** What identifies a search, and the points that an earlier process has already measured for it. */
interface SearchIdentity extends Pick<SearchResult, 'searchId' | 'scenarioHash' | 'seed' | 'startTime'> {
  readonly earlier: readonly MeasuredPoint[]
}

/** How many times longer a measurement takes than the last one that gave enough samples, because the number of samples varies by chance. */
const HEADROOM = 1.3
/** After this many points in a row with too few samples, or without any reply, the search gives up. */
const MOST_USELESS = 2
/** The largest number of points of one search; a search that needs more has no clear answer. */
const MOST_POINTS = 100

/**
 * Runs the measurements of one capacity search (`burn search`), one after the other at different loads, until the highest load is found or the search
 * has to end. With `--holds`, it measures only that load.
 */
export class SearchRun {
  private readonly subject: SearchSubject
  private readonly choices: SearchChoices
  private readonly identity: SearchIdentity
  private readonly tools: SearchTools
  private readonly points: MeasuredPoint[]
  /** The number of points that an earlier process has measured. */
  private readonly known: number
  /** How many of the latest points in a row had too few samples. */
  private useless = 0

  constructor(subject: SearchSubject, choices: SearchChoices, identity: SearchIdentity, tools: SearchTools) {
    this.subject = subject
    this.choices = choices
    this.identity = identity
    this.tools = tools
    // A point that measured nothing in the earlier process is measured again, and one may be too short now to confirm a load.
    this.points = identity.earlier.map((point) => ({
      ...point,
      isLong: point.isLong && point.seconds >= choices.lengths.confirm,
      counts: point.counts && point.exitCode <= EXIT.verdictFailed,
    }))
    this.known = this.points.length
  }

  /**
   * Measures loads until the search ends, and resolves with the content of `search.json`. @throws LocalError when a file cannot be written;
   * ScenarioError for a load that does not fit the scenario
   */
  async execute(): Promise<SearchResult> {
    await this.tools.save(this.result(SEARCH_UNDER_WAY))
    let stop: SearchStop | undefined
    for (let step = this.next(); stop === undefined && step.kind === 'measure'; step = this.next()) {
      const point = this.planned(step)
      stop = this.overBudget(point)
      if (stop === undefined) stop = await this.measure(step, point)
    }
    const tiers = this.found()
    const result = this.result(searchEnd(this.asked(), tiers, this.points, stop))
    await this.tools.save(result)
    return result
  }

  private next(): SearchStep {
    const { holds, goal } = this.choices
    if (holds === undefined) return nextOf(this.points, this.subject.tiers, goal)
    const isKnown = this.points.some((point) => point.load === holds && point.isLong && this.isDecided(point))
    return isKnown ? { kind: 'done', why: 'settled' } : { kind: 'measure', load: holds, isLong: true }
  }

  private planned({ load, isLong }: Extract<SearchStep, { kind: 'measure' }>): PointLoad {
    const last = this.points.at(-1)
    const expected = last && { perSecond: load / last.load, needed: last.neededSeconds * HEADROOM, p95: (last.p95Ms ?? 0) / 1000 }
    const { warmup, seconds } = lengthsFor(isLong, this.choices.lengths, expected)
    return { load, warmupS: warmup, seconds, seed: `${this.identity.seed}-${this.points.length + 1}` }
  }

  private overBudget({ warmupS, seconds }: PointLoad): SearchStop | undefined {
    const { budgetMs } = this.choices
    const left = budgetMs - this.spentMs()
    if (left >= (warmupS + seconds) * 1000 && this.points.length < MOST_POINTS) return undefined
    const why = `the budget of ${formatMs(budgetMs)} is used up: the next measurement takes ${formatMs((warmupS + seconds) * 1000)}, and ${formatMs(Math.max(0, left))} are left`
    return { kind: 'budget', why }
  }

  private async measure({ isLong }: Extract<SearchStep, { kind: 'measure' }>, load: PointLoad): Promise<SearchStop | undefined> {
    const number = this.points.length + 1
    const folder = `${String(number).padStart(2, '0')}-${String(load.load).replace('.', '_')}-${this.choices.unit}`
    const text = loadText(load.load, { for: this.choices.unit })
    this.tools.onBegin(
      `point ${number}: ${text} for ${formatMs(load.seconds * 1000)}${isLong ? ', to confirm' : ''}, after ${formatMs(load.warmupS * 1000)} of warm-up`,
    )
    const left = this.choices.maxCost === undefined ? undefined : this.choices.maxCost - (this.cost() ?? 0)
    if (left !== undefined && left <= 0)
      return { kind: 'budget', why: `the money is used up (--max-cost ${this.choices.maxCost})` }
    const result = await this.tools.run(load, folder, left)
    const planned = { number, load: load.load, isLong, warmupS: load.warmupS, seconds: load.seconds, folder }
    const ceiling = left === undefined ? undefined : `cost sum <= ${left}`
    const point = pointOf(planned, result, this.subject.tiers, ceiling)
    const stop = this.stopAfter(point, result)
    // A run that was cut short, or whose load burn could not make, says nothing about the load.
    this.points.push(stop === undefined || stop.kind === 'untestable' ? point : { ...point, counts: false })
    this.tools.onPoint(this.points.at(-1) ?? point)
    await this.tools.save(this.result(SEARCH_UNDER_WAY))
    return stop
  }

  /** Returns why the search ends after this point; undefined when it goes on. */
  private stopAfter(point: MeasuredPoint, { exitCodes, reason, thresholds }: Result): SearchStop | undefined {
    const broken = exitCodes.find((code) => isSignalCode(code) || isBrokenCode(code))
    if (broken !== undefined) return { kind: 'broken', code: broken, why: reason }
    if (thresholds.some(({ aborted, threshold }) => aborted === true && /^cost\b/.test(threshold)))
      return { kind: 'budget', why: `the money is used up (--max-cost ${this.choices.maxCost ?? 'of the scenario'})` }
    if (exitCodes.includes(EXIT.notValid)) return { kind: 'invalid', why: reason }
    const isDead = exitCodes.includes(EXIT.couldNotTest)
    const fresh = [...this.points.slice(this.known), point]
    const last = fresh.slice(-MOST_USELESS)
    if (isDead && fresh.length === 1) return { kind: 'untestable', why: reason }
    if (last.length === MOST_USELESS && last.every(({ exitCode }) => exitCode === EXIT.couldNotTest))
      return { kind: 'untestable', why: `the target no longer answers: ${reason}` }
    this.useless = this.isUseless(point) ? this.useless + 1 : 0
    if (this.useless === MOST_USELESS) {
      const text = loadText(point.load, { for: this.choices.unit })
      return {
        kind: 'untestable',
        why: `too few samples at ${text}: its thresholds need about ${formatMs(point.neededSeconds * 1000)} of load`,
      }
    }
    return undefined
  }

  private isUseless(point: MeasuredPoint): boolean {
    const { holds, goal } = this.choices
    return holds === undefined ? isUseless(point, this.points, this.subject.tiers, goal) : !this.isDecided(point)
  }

  private isDecided(point: MeasuredPoint): boolean {
    return isDecided(point, this.subject.tiers.length)
  }

  private asked() {
    return { for: this.choices.unit, holds: this.choices.holds ?? null }
  }

  private found(): SearchResult['tiers'] {
    return this.subject.tiers.map((tier) => foundFor(tier, this.points, this.choices.goal))
  }

  private spentMs(): number {
    return this.points.reduce((sum, { durationMs }) => sum + durationMs, 0)
  }

  private cost(): number | null {
    const costs = this.points.map(({ cost }) => cost)
    return costs.every((cost) => cost !== null) && costs.length > 0 ? costs.reduce((sum, cost) => sum + cost, 0) : null
  }

  private result(end: ReturnType<typeof searchEnd>): SearchResult {
    const { plan } = this.subject.base
    const { goal, unit } = this.choices
    const { searchId, scenarioHash, seed, startTime } = this.identity
    return {
      ...{ searchVersion: SEARCH_VERSION, searchId, search: plan.name, file: plan.file, scenarioHash },
      ...end,
      ...{ ...this.asked(), for: unit, from: goal.from, max: goal.max, precision: goal.precision, seed, startTime },
      ...{ durationMs: this.spentMs(), cost: this.cost() },
      tiers: this.found(),
      knee: kneeOf(this.points.filter(({ counts }) => counts)) ?? null,
      points: this.points,
    }
  }
}
