/** Forecasts a run from its plan alone. Figures that depend on the target are ranges or estimates and marked as such. */
import { MEMORY_PER_USER_BYTES, portUses, userLimit } from '../../engine/schedule/user-limit.ts'
import type { MachineLimits } from '../../machine.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { formatBytes } from '../../text/units.ts'
import { nearStoredCeiling } from '../selftest/near-ceiling.ts'
import { type DataForecast, dataWarnings } from './data.ts'
import { forecastIteration, forecastTokens, type IterationForecast, type Prices, type TokenForecast } from './iteration.ts'
import { BASE_MEMORY_BYTES, needsOf, shortages, socketsFor } from './needs.ts'
import { forecastPhases, type PhaseForecast } from './phases.ts'
import { add, NOTHING, type Range, times } from './range.ts'

/** How long a closed connection keeps its local port, in s. */
const TIME_WAIT_S = 60

/** What the user assumes for `burn plan`: how long a reply takes, in ms, and the prices of tokens. */
export interface Assumptions {
  readonly replyMs: number
  /** Token prices for targets without `pricing`; undefined for none. */
  readonly prices: Prices | undefined
}

/** What a run would do (iterations, requests, tokens, cost), as `burn plan` computes it without sending anything. Times are in ms. */
export type Forecast = ReturnType<typeof forecast>

/** Facts that a forecast needs besides the plan. */
interface ForecastFacts {
  readonly machine: MachineLimits
  /** The addresses of the targets, with secrets masked. */
  readonly urls: readonly string[]
  readonly data: readonly DataForecast[]
}

/**
 * Returns a forecast of what a run of the plan would do, computed without sending anything, with warnings for the user. `assumed` holds what the user
 * assumes, such as how long a reply takes.
 */
export function forecast(plan: Plan, assumed: Assumptions, known: ForecastFacts) {
  const figures = figuresOf(plan, assumed, known)
  return { ...figures, warnings: warningsOf(plan, figures) }
}

function figuresOf(plan: Plan, assumed: Assumptions, { machine, urls, data }: ForecastFacts) {
  const iteration = forecastIteration(plan, assumed.replyMs)
  const phases = forecastPhases(plan, iteration.lengthMs, userLimit(plan.targets, machine, plan).users)
  const iterations = phases.reduce<Range>((sum, phase) => add(sum, phase.iterations), NOTHING)
  const peak = (pick: (users: Range) => number) => Math.max(0, ...phases.map(({ users }) => pick(users)))
  const known = phases.every(({ users }) => users.likely !== null)
  const users = {
    least: peak(({ least }) => least),
    most: peak(({ most }) => most),
    likely: known ? peak(({ likely }) => likely ?? 0) : null,
  }
  return {
    name: plan.name,
    seed: plan.seed,
    targets: plan.targets.map(({ name, protocol }, i) => ({ name, url: urls[i] ?? '', protocol })),
    phases,
    iteration,
    /** The length of the load in ms; null when a phase ends only after a number of iterations. */
    loadMs: phases.some(({ lengthMs }) => lengthMs === null)
      ? null
      : phases.reduce((sum, { lengthMs }) => sum + (lengthMs ?? 0), 0),
    gracefulMs: plan.gracefulMs,
    iterations,
    attempts: times(iterations, iteration.attempts),
    users,
    /** The largest number of tokens that the whole run may use; null when nothing limits it. */
    tokens: inOneCurrency(plan, tokensOf(plan, iterations, assumed.prices)),
    money: moneyOf(plan, phases, iterations, assumed.prices),
    data,
    sockets: socketsFor(plan, users.most),
    /** The resources of this machine that the users need while all their connections are idle. */
    needs: needsOf(plan, users.most, machine),
    memoryBytes: BASE_MEMORY_BYTES + (users.likely ?? users.most) * MEMORY_PER_USER_BYTES,
    machine,
  }
}

/** Returns the tokens without their cost when prices are in different currencies, which cannot be added. */
function inOneCurrency(plan: Plan, tokens: TokenForecast | null): TokenForecast | null {
  return tokens && currenciesOf(plan).size > 1 ? { ...tokens, cost: null } : tokens
}

function tokensOf(plan: Plan, iterations: Range, prices: Prices | undefined): TokenForecast | null {
  // In a trace, prompts have the lengths that the trace states, not those of the steps.
  const playsTrace = plan.phases.some(({ load }) => load.model === 'open' && load.trace)
  const each = playsTrace ? undefined : forecastTokens(plan, prices)
  if (!each || iterations.likely === null) return null
  const { likely } = iterations
  return {
    input: Math.round(each.input * likely),
    output: Math.round(each.output * likely),
    cost: each.cost === null ? null : each.cost * likely,
  }
}

/** Returns the currencies of the targets' prices; undefined stands for prices without a currency. */
function currenciesOf({ targets }: Plan): ReadonlySet<string | undefined> {
  return new Set(targets.flatMap(({ billing }) => (billing ? [billing.currency] : [])))
}

/** What a run may cost in one currency. */
interface CurrencyForecast {
  readonly currency: string | null
  /** The largest cost of the tokens; null when it is not known. */
  readonly cost: number | null
  /** The cost of hardware while the load lasts; null when no hardware has a price, or the length of the load is not known. */
  readonly hardware: number | null
}

/**
 * Returns the currency of the prices, the cost at which the run is ended (`ceiling`), and the cost of hardware while the load lasts; null for what is
 * not known.
 */
function moneyOf(plan: Plan, phases: readonly PhaseForecast[], iterations: Range, prices: Prices | undefined) {
  const { targets, thresholds } = plan
  const currencies = [...currenciesOf(plan)]
  const ceiling = thresholds.find(({ metric, abort, tags }) => metric.name === 'cost' && abort && Object.keys(tags).length === 0)
  const loadMs = phases.reduce((sum, { lengthMs }) => sum + (lengthMs ?? Number.NaN), 0)
  const hardwareOf = (of: Plan['targets']) => {
    const perHour = of.reduce((sum, { billing }) => sum + (billing?.perHour ?? 0), 0)
    return perHour === 0 || Number.isNaN(loadMs) ? null : (perHour * loadMs) / 3_600_000
  }
  const isMixed = currencies.length > 1
  const inCurrency = (currency: string | undefined): CurrencyForecast => ({
    currency: currency ?? null,
    cost: tokensOf(withPricesIn(plan, currency), iterations, prices)?.cost ?? null,
    hardware: hardwareOf(targets.filter(({ billing }) => billing?.currency === currency)),
  })
  return {
    currency: isMixed ? null : (currencies[0] ?? null),
    ceiling: ceiling?.limit ?? null,
    hardware: isMixed ? null : hardwareOf(targets),
    /** The costs in each currency, when there are several, because they cannot be added. */
    ...(isMixed && { perCurrency: currencies.map(inCurrency) }),
  }
}

/** Returns a copy of the plan in which all prices in other currencies are 0. */
function withPricesIn(plan: Plan, currency: string | undefined): Plan {
  const free = { inputPer1M: 0, outputPer1M: 0 }
  const targets = plan.targets.map((target) =>
    target.billing === undefined || target.billing.currency === currency || target.pricing === undefined
      ? target
      : { ...target, pricing: { ...target.pricing, ...free } },
  )
  return { ...plan, targets }
}

function warningsOf(
  plan: Plan,
  { users, machine, memoryBytes, needs, phases, iteration, iterations, data }: ReturnType<typeof figuresOf>,
): string[] {
  const warnings = shortages(plan, users.most, machine)
  warnings.push(
    ...poolWarnings(plan, users.most),
    ...freshConnections(plan, phases, iteration, machine.localPorts),
    ...nearStoredCeiling(plan, peakOf(phases, iteration)),
    ...dataWarnings(data, iterations),
  )
  if (memoryBytes > machine.memoryBytes / 2)
    warnings.push(
      `memory: the estimate is more than half of what this machine has; of idle users it is ${formatBytes(needs.memoryBytes)}`,
    )
  const full = phases.filter(
    ({ model, users, iterations }) => model === 'open' && users.likely === users.most && users.most < iterations.most,
  )
  for (const { name, users: most, addsUsers } of full)
    warnings.push(
      `phase ${name}: ${addsUsers ? 'the most users that this machine allows' : 'maxUsers'} (${most.most}) is reached with replies as slow as assumed: arrivals would wait or be dropped`,
    )
  return warnings
}

/** Returns the largest number of attempts per second in any phase, as far as it is known; 0 when it is not. */
const peakOf = (phases: readonly PhaseForecast[], { attempts }: IterationForecast): number =>
  Math.max(0, ...phases.map(({ peakRate }) => (peakRate ?? 0) * (attempts.likely ?? 1)))

/**
 * Returns a warning when each request opens a new connection and so many closed ones keep their local ports that none may be left; otherwise an empty
 * list.
 */
function freshConnections(
  plan: Plan,
  phases: readonly PhaseForecast[],
  iteration: IterationForecast,
  ports: number | null,
): string[] {
  const fresh = plan.targets.filter(({ options }) => (options as { connection?: unknown } | null)?.connection === 'new')
  const perSecond = peakOf(phases, iteration)
  const addresses = Math.min(...portUses(fresh, 1, plan.wireFaults).map((use) => use.addresses))
  if (ports === null || perSecond * TIME_WAIT_S <= ports * addresses) return []
  return [
    `about ${Math.round(perSecond)} new connections per second: local ports (${ports * addresses}) run out within a minute; keep connections (http.connection: user or shared), or list more addresses in localAddresses`,
  ]
}

/** Returns warnings for connection pools whose default size is smaller than the number of users. */
function poolWarnings({ targets }: Plan, users: number): string[] {
  return targets.flatMap(({ name, protocol, connector, options }) => {
    const size = connector.unchosenPool?.(options)
    if (size === undefined || users <= size) return []
    return [
      `${name}: up to ${users} users share ${size} connections, so that requests may wait for one: set ${protocol}.maxConnections`,
    ]
  })
}
