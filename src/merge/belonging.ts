/** Finds the results that are the parts of one run. Refuses a result of another run, and counts a part only once when there are two results of it. */
import { InputError } from '../errors.ts'
import type { Result } from '../result/schema.ts'
import { isSome, type Some } from './rules/values.ts'

/** The result of one shard of a run, with the name of the file or folder from which `burn merge` read it. */
export interface FoundPart {
  readonly name: string
  readonly result: Result
}

/** What `burn merge` found among results: the shards of one run to merge, and those that are missing. */
interface Belonging {
  /** The results to merge, in the order of the shards, each shard once. */
  readonly parts: readonly FoundPart[]
  /** Number of parts that the run has. */
  readonly of: number
  /** The numbers of the shards without a complete result, from 0. */
  readonly missing: readonly number[]
  /** For each result that was left out, a sentence that says why. */
  readonly notes: readonly string[]
}

/** The facts that must be equal in all parts of a run, each with its name for error messages. */
const COMMON: readonly (readonly [what: string, of: (result: Result) => string | number | undefined])[] = [
  ['result format', ({ schemaVersion }) => schemaVersion],
  ['scenario', ({ scenarioHash }) => scenarioHash],
  ['seed', ({ seed }) => seed],
  ['number of shards', ({ shard }) => shard?.of],
]
/** The facts that must be equal only in parts that have ended, because the checkpoint of a killed part does not contain them. */
const COMMON_OF_ENDED: typeof COMMON = [['BURN_RUN_ID', ({ shard }) => shard?.run]]

/**
 * Chooses, among the results given to `burn merge`, one result for each shard of the run, and finds out which shards are missing. Prefers the result
 * of a completed shard; without one, that of a shard that ended early counts. Any other result of the same shard, and that of a shard that was
 * killed, is left out with a note.
 * @throws InputError when there is no result, when a result is not that of a shard or belongs to another run than the first one, or when two
 * different results of one shard are equally good
 */
export function partsAmong(found: readonly FoundPart[]): Belonging {
  if (!isSome(found)) throw new InputError('there is no result to merge', 'name the result files of the shards, or their folders')
  for (const one of found) refuseStranger(one, found[0], COMMON)
  const [ended, ...others] = found.filter(({ result }) => result.status !== 'running')
  if (ended) for (const one of others) refuseStranger(one, ended, COMMON_OF_ENDED)
  const of = found[0].result.shard?.of ?? 0
  const byIndex = Map.groupBy(found, ({ result }) => result.shard?.index ?? 0)
  const chosen = [...byIndex].sort(([a], [b]) => a - b).flatMap(([, same]) => (isSome(same) ? [chooseOne(same)] : []))
  const parts = chosen.flatMap(({ part }) => part ?? [])
  const there = new Set(parts.map(({ result }) => result.shard?.index))
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !there.has(index))
  return { parts, of, missing, notes: chosen.flatMap(({ notes }) => notes) }
}

function refuseStranger({ name, result }: FoundPart, { name: firstName, result: first }: FoundPart, common: typeof COMMON): void {
  const { shard } = result
  if (shard === null)
    throw new InputError(`${name} is the result of a whole run, and no shard`, 'merge results of `burn run --shard`')
  if (!(Number.isInteger(shard.index) && shard.index >= 0 && shard.index < shard.of && shard.of <= MAX_SHARDS))
    throw new InputError(`${name} says that it is shard ${shard.index + 1} of ${shard.of}`, 'the file was edited or damaged')
  for (const [what, of] of common)
    if (of(result) !== of(first))
      throw new InputError(
        `${name} does not belong to ${firstName}: another ${what} (${shown(of(result))}, not ${shown(of(first))})`,
        'merge the shards of one run only, started with the same scenario, seed and number of shards',
      )
}

const MAX_SHARDS = 100_000
const shown = (value: string | number | undefined) => (value === undefined ? 'none' : String(value).slice(0, 16))

const isComplete = ({ result }: FoundPart) => result.status === 'completed' && result.shardData !== undefined
/** True for a part whose run has ended, even early: its numbers are final. */
const isOver = ({ result }: FoundPart) => result.status !== 'running' && result.shardData !== undefined

/** Chooses one of several results of the same shard, as a pod leaves that was started twice: the complete one if only one is complete. */
function chooseOne(same: Some<FoundPart>): { readonly part?: FoundPart; readonly notes: readonly string[] } {
  const { shard } = same[0].result
  const label = `shard ${(shard?.index ?? 0) + 1}/${shard?.of ?? 0}`
  const different = [...new Map(same.map((one) => [JSON.stringify(one.result), one])).values()]
  const complete = different.filter(isComplete)
  const able = complete.length > 0 ? complete : different.filter(isOver)
  if (able.length > 1)
    throw new InputError(
      `${label} is there ${able.length} times, with different contents: ${able.map(({ name }) => name).join(', ')}`,
      'leave out those of the other run',
    )
  const [part] = able
  if (part === undefined)
    return { notes: [`${label} is incomplete: it was killed, and nothing of it is counted (${same[0].name})`] }
  const others = same.filter((one) => one !== part)
  const why = different.length === 1 ? 'the same result again' : 'not complete'
  return { part, notes: others.map(({ name }) => `${label}: ${name} is left out (${why})`) }
}
