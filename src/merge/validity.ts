/**
 * Finds the reasons why the numbers of a merged run may be wrong: reasons of single parts, missing parts, and parts that did not run at the same
 * time.
 */
import { readCounters } from '../metrics/counts/counters.ts'
import { isSaturated } from '../metrics/exits.ts'
import { isContestedRun, isProvenRun } from '../metrics/threshold/proven.ts'
import { DEFAULT_BOUNDS, reason } from '../metrics/validity/facts.ts'
import { evaluateValidity } from '../metrics/validity.ts'
import type { Result, ShardData, ValidityReason } from '../result/schema.ts'
import type { Outcomes } from './thresholds.ts'

type ShardPart = ShardData['parts'][number]

/**
 * The shards of a run whose results `burn merge` was not given: `shards` has their numbers, out of `count` shards. A shard may consist of several
 * parts, one for each of its processes; `parts` has the numbers of parts that are missing in shards that are there, and `of` is the number of all
 * parts. All numbers begin at 0.
 */
export interface Missing {
  readonly shards: readonly number[]
  readonly count: number
  readonly parts: readonly number[]
  readonly of: number
}

/** The largest difference between the starts of two parts, in ms, at which the run still counts as having had the planned load. */
const MAX_APART_MS = 2000
/**
 * The difference between the starts of parts, in ms, below which they count as simultaneous, even if they are so short that the first one ends before
 * the last one begins.
 */
const UNNOTICED_MS = 200

/** Returns the reasons why the numbers of a merged run may be wrong, the worst first. `missing` lists the shards and parts without a result. */
export function wholeValidity(
  parts: ShardData['parts'],
  missing: Missing,
  outcomes: Outcomes,
  { total, stopWhen = [] }: Pick<Result, 'total' | 'stopWhen'>,
): ValidityReason[] {
  const { thresholds, results, clean } = outcomes
  const counters = readCounters(total.counters)
  const ofWhole = {
    saturated: isSaturated(stopWhen),
    proven: isProvenRun(thresholds, results, clean),
    provenByClean: !isProvenRun(thresholds, results, []),
    contested: isContestedRun(thresholds, results, counters.timeouts > 0, clean),
  }
  const found = parts.map((part) => ({
    part,
    reasons: evaluateValidity({ ...factsOf(part), ...ofWhole }, { ...DEFAULT_BOUNDS, ...part.bounds }),
  }))
  const codes = [...new Set(found.flatMap(({ reasons }) => reasons.map(({ code }) => code)))]
  const worst = codes.flatMap((code) =>
    worstOf(found.flatMap(({ part, reasons }) => reasons.filter((r) => r.code === code).map((one) => ({ part, one })))),
  )
  const all = [...missingParts(missing), ...apart(parts), ...worst]
  return all.sort((a, b) => Number(b.level === 'invalid') - Number(a.level === 'invalid'))
}

function factsOf(part: ShardPart) {
  const { generator, counters: stored, localFailures, unread, index: _, of, ...facts } = part
  const counters = readCounters(stored)
  return {
    ...facts,
    health: generator,
    localFailures: new Map(Object.entries(localFailures)),
    iterations: counters,
    unread: unread.map(({ what, ...step }) => ({ ...step, what })),
    lateIterations: counters.heldBack,
    droppedByLimit: counters.droppedByLimit,
  }
}

/**
 * Merges reasons of several parts that have the same code to the worst one. Its message names that part, and says how many other parts have the same
 * reason.
 */
function worstOf(found: readonly { readonly part: ShardPart; readonly one: ValidityReason }[]): ValidityReason[] {
  const worst = found.find(({ one }) => one.level === 'invalid') ?? found[0]
  if (!worst) return []
  const others = found.length - 1
  const more = others === 0 ? '' : ` (and ${others} other ${others === 1 ? 'part' : 'parts'})`
  return [{ ...worst.one, message: `part ${nameOf(worst.part)}${more}: ${worst.one.message}` }]
}

const nameOf = ({ index, of }: Pick<ShardPart, 'index' | 'of'>) => `${index + 1}/${of}`

function missingParts({ shards, count, parts, of }: Missing): ValidityReason[] {
  const found = [...missingText('shard', shards, count), ...missingText('part', parts, of)]
  if (found.length === 0) return []
  const message = `${found.join('; ')}: what they were to send is in no number`
  return [reason('invalid', 'missing_part', message, 'merge again with the results of all shards')]
}

function missingText(what: 'shard' | 'part', missing: readonly number[], of: number): string[] {
  if (missing.length === 0) return []
  const names = missing.map((index) => nameOf({ index, of })).join(', ')
  return [`${missing.length} of ${of} ${what}s ${missing.length === 1 ? 'is' : 'are'} missing (${names})`]
}

/**
 * Returns a reason when the parts did not run at the same time, so that the target had less load than planned. Compares when the parts began, and
 * when they were due to begin: a start time such as `+90s` means a different moment in each process.
 */
function apart(parts: ShardData['parts']): ValidityReason[] {
  const starts = parts.map(({ startTime }) => startTime)
  const moments = parts.flatMap(({ startTime, lateMs }) => (lateMs === undefined ? [] : [startTime - lateMs]))
  const spread = Math.max(spreadOf(starts), spreadOf(moments))
  const firstEnd = Math.min(...parts.map(({ startTime, durationMs }) => startTime + durationMs))
  const isNever = spread > UNNOTICED_MS && Math.max(...starts) >= firstEnd
  if (spread <= MAX_APART_MS && !isNever) return []
  const message = `the parts of the run began up to ${(spread / 1000).toFixed(1)} s apart${isNever ? ', and were never under way all at once' : ''}: the target did not get the whole load at one time`
  const help = 'give all parts one moment to start at: a fixed time, as +90s is counted by each process for itself'
  return [reason(isNever ? 'invalid' : 'degraded', 'parts_apart', message, help)]
}

const spreadOf = (times: readonly number[]) => (times.length < 2 ? 0 : Math.max(...times) - Math.min(...times))
