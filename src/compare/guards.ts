/** Finds differences between two runs, such as another load, that make them hard to compare. */
import type { Result } from '../result/schema.ts'
import type { ComparedRun } from './compared-run.ts'

/** The relative difference of mean output tokens (0.1 is 10 %) above which the replies of two runs count as unequal in length. */
const LENGTH_TOLERANCE = 0.1

/** Returns the mean number of output tokens of a side's ok attempts; undefined when it is not known. */
function tokensOf({ result }: ComparedRun): number | undefined {
  const { tokens, counts } = result.total
  return tokens.output === null || counts.ok === 0 ? undefined : tokens.output / counts.ok
}

/**
 * True when the replies on both sides of a comparison (A and B) have the same mean number of tokens to within 10 %, or when that number is not
 * known.
 */
export function areAlikeInLength(a: ComparedRun, b: ComparedRun): boolean {
  const [ofA, ofB] = [tokensOf(a), tokensOf(b)]
  if (ofA === undefined || ofB === undefined || ofA === 0) return true
  return Math.abs(ofB / ofA - 1) <= LENGTH_TOLERANCE
}

const loadOf = ({ phases }: Result) => phases.map(({ load, warmup }) => `${load}${warmup ? ' (warm-up)' : ''}`).join(', then ')
const limitedOf = ({ errors }: Result) =>
  errors.filter((one) => one.class === 'rate_limited').reduce((sum, { count }) => sum + count, 0)

const MAX_SHOWN = 60

/**
 * Returns a sentence for each reply header that names the server's build and differs between two runs. A header that only one run has is ignored,
 * because results of older versions have none.
 */
function buildDifferences(a: Result, b: Result): string[] {
  const valuesOf = ({ target }: Result, name: string) => [...new Set(target.flatMap(({ builds }) => builds?.[name] ?? []))].sort()
  const names = [...new Set([a, b].flatMap(({ target }) => target.flatMap(({ builds }) => Object.keys(builds ?? {}))))]
  return names.flatMap((name) => {
    const [ofA, ofB] = [a, b].map((side) => valuesOf(side, name).join(', ').slice(0, MAX_SHOWN))
    return ofA === ofB || !ofA || !ofB
      ? []
      : [`the servers are of different builds: header ${name} says ${ofA} of A, ${ofB} of B`]
  })
}

/** Returns a sentence for each tag of the scenario whose value differs between two runs, such as the build that the user named. */
function tagDifferences({ labels: a }: Result, { labels: b }: Result): string[] {
  const differing = Object.keys(a).filter((tag) => b[tag] !== undefined && b[tag] !== a[tag])
  return differing.map((tag) => `tag ${tag}: ${a[tag]?.slice(0, MAX_SHOWN)} of A, ${b[tag]?.slice(0, MAX_SHOWN)} of B`)
}

const injectedInto = ({ faults, wireFaults }: Result) =>
  [...new Set([...(faults?.kinds ?? []), ...(wireFaults?.kinds ?? [])].map(({ kind }) => kind))].sort().join(', ') || 'none'

/**
 * Returns a sentence for each difference in the faults that burn injected into the two runs: in the settings of the scenario or, for results of older
 * versions, in the kinds of fault.
 */
function faultDifferences(a: Result, b: Result): string[] {
  const [ofA, ofB] = [injectedInto(a), injectedInto(b)]
  const [writtenA, writtenB] = [a, b].map(
    ({ configuration }) => configuration && JSON.stringify(configuration.scenario.faults ?? []),
  )
  const isAlike = writtenA === undefined || writtenB === undefined ? ofA === ofB : writtenA === writtenB
  if (isAlike) return []
  const how = ofA === ofB ? `${ofA} into both, with other settings` : `${ofA} into A, ${ofB} into B`
  return [`faults are injected differently: ${how}; what they cost is in rates, counts and latencies`]
}

/**
 * Returns warnings about what else may explain a change between two runs: differences, such as the length of replies or the version of burn, and a
 * run that by itself is not valid or did not pass.
 */
export function comparabilityWarnings(a: ComparedRun, b: ComparedRun): string[] {
  const warnings: string[] = []
  const [one, other] = [a.result, b.result]
  if (one.phases.length > 0 && other.phases.length > 0 && loadOf(one) !== loadOf(other))
    warnings.push(`the loads differ: ${loadOf(one)} against ${loadOf(other)}`)
  if (!areAlikeInLength(a, b)) {
    const [ofA = 0, ofB = 0] = [tokensOf(a), tokensOf(b)]
    warnings.push(
      `replies of B have ${ofB.toFixed(0)} tokens on average, those of A ${ofA.toFixed(0)}: compare ttft and tpot, not response_time`,
    )
  }
  for (const { name, result } of [a, b]) {
    if (result.validity.state !== 'ok')
      warnings.push(
        `the measurement of ${name} is ${result.validity.state}: ${result.validity.reasons[0]?.message ?? 'no reason given'}`,
      )
    if (result.verdict !== 'passed' && result.verdict !== 'invalid')
      warnings.push(`${name} by itself: ${result.verdict.replaceAll('_', ' ')}, ${result.reason}`)
    const limited = limitedOf(result)
    if (limited > 0) warnings.push(`${name} was rate limited ${limited} times: its latencies are of what it let through`)
  }
  warnings.push(...faultDifferences(one, other), ...buildDifferences(one, other), ...tagDifferences(one, other))
  if (one.environment.burn !== other.environment.burn)
    warnings.push(`burn ${one.environment.burn} against ${other.environment.burn}`)
  return warnings
}

/**
 * Returns warnings about differences between two stored runs that may explain a change, such as another scenario, another machine or longer replies.
 */
export function storedWarnings(a: ComparedRun, b: ComparedRun): string[] {
  const [one, other] = [a.result, b.result]
  const warnings = comparabilityWarnings(a, b)
  if (one.scenarioHash !== other.scenarioHash)
    warnings.unshift('the scenarios differ (scenarioHash): more than the target may have changed')
  if (one.environment.hostname !== other.environment.hostname)
    warnings.push(`measured on different machines: ${one.environment.hostname} and ${other.environment.hostname}`)
  return warnings
}
