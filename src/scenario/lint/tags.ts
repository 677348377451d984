/** The tags that thresholds select by: are there such, and can they have that value? */
import { MAX_TAG_VALUES, normaliseTagValue } from '../../metrics/groups/tag-registry.ts'
import { checkThresholdTags, type KnownTags, type Threshold, type ThresholdProblem } from '../../metrics/threshold/threshold.ts'
import { E_THRESHOLD } from '../problems/values/E_THRESHOLD.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { member } from '../schema/schema-walk.ts'
import { listAt, loadSteps, mapAt, targetPaths } from '../schema/written-steps.ts'
import type { Doubts } from './doubts.ts'

/** Blocks that may have tags, as they are written. */
function owners(value: unknown): Path[] {
  const groups = Object.keys(mapAt(value, ['groups'])).map((name): Path => ['groups', name])
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index])
  return [...targetPaths(value), ...groups, ...flows, ...loadSteps(value).map(({ path }) => path)]
}

/** Where each tag of the scenario is given which value. */
interface Written {
  readonly name: string
  readonly value: string
  readonly path: Path
}

function writtenTags(value: unknown): Written[] {
  return owners(value).flatMap((path) =>
    Object.entries(mapAt(value, [...path, 'tags'])).map(([name, text]) => ({
      name,
      value: String(text),
      path: [...path, 'tags', name],
    })),
  )
}

function knownValues(tags: readonly Written[]): Record<string, string[] | 'any'> {
  const names = [...new Set(tags.map(({ name }) => name))]
  return Object.fromEntries(
    names.map((name) => {
      const values = tags.filter((tag) => tag.name === name).map((tag) => tag.value)
      return [name, values.some((text) => text.includes('{{')) ? 'any' : [...new Set(values.map(normaliseTagValue))]]
    }),
  )
}

/** More values than are told apart can only be said of those that stand in the file. */
function tooMany(tags: readonly Written[]): Finding[] {
  return Object.entries(knownValues(tags)).flatMap(([name, values]) => {
    if (values === 'any' || values.length <= MAX_TAG_VALUES) return []
    const path = tags.findLast((tag) => tag.name === name)?.path ?? []
    const message = `tag ${name} has ${values.length} values: ${MAX_TAG_VALUES} are told apart`
    return [{ code: 'W_TAG_VALUES', path, mark: 'value', message, hint: 'the rest is counted under (other)' }]
  })
}

/** Says why a name or value that could well be one is none. */
function better(scenario: Scenario, tags: Readonly<Record<string, string>>, message: string, hint: string | undefined) {
  const { phase } = tags
  if (phase !== undefined && scenario.load?.some(({ name, warmup }) => warmup && name === phase))
    return { message: `${phase} is a warm-up: it is kept out of thresholds`, hint }
  const label = Object.keys(scenario.tags ?? {}).find((name) => message === `there is no tag "${name}"`)
  if (label === undefined) return { message, hint }
  return { message: `${label} is a label of the whole run`, hint: 'leave it out: the threshold is for the whole run as it is' }
}

/** Names that checks were given. */
function checkNames(value: unknown): string[] {
  const lines = loadSteps(value).flatMap(({ step }) => listAt(step, ['expect']))
  return [...new Set(lines.flatMap((line) => (typeof member(line, 'name') === 'string' ? [String(member(line, 'name'))] : [])))]
}

/** `checks{check=blocked}`: the share of one check. */
const asksForCheck = ({ metric, tags }: Threshold) => metric.name === 'checks' && tags.check !== undefined

/** One check is counted over all its attempts, whatever their tags, and judged at the end. */
function checkFaults(threshold: Threshold): ThresholdProblem[] {
  if (!asksForCheck(threshold)) return []
  const { tagSpans, abort, windowMs } = threshold
  const other = tagSpans.find(({ name }) => name !== 'check' && name !== 'step')
  if (other) {
    const message = `${other.name} does not go with check: a check is counted over all attempts of its step`
    return [{ message, hint: 'leave it out', offset: other.nameOffset, length: other.name.length }]
  }
  if (!abort && windowMs === undefined) return []
  const at = tagSpans.find(({ name }) => name === 'check')
  const message = `the share of one check is judged at the end: ${abort ? 'abort' : 'window'} does not go with it`
  return [{ message, hint: 'leave it out, or judge all checks: checks', offset: at?.nameOffset ?? 0, length: 5 }]
}

/** Returns findings about tags, and about thresholds that select by them. `known` are the tags that every attempt has by itself, with their values. */
export function tagFindings(
  scenario: Scenario,
  value: unknown,
  known: Readonly<Record<string, readonly string[]>>,
  doubts: Doubts,
): Finding[] {
  const tags = writtenTags(value)
  const all: KnownTags = { ...Object.fromEntries(doubts.keys.map((name) => [name, 'any'])), ...knownValues(tags), ...known }
  const written = listAt(value, ['thresholds'])
  const byCheck: KnownTags = { ...all, step: known.step ?? [], check: checkNames(value) }
  const ofThresholds = (scenario.thresholds ?? []).flatMap((threshold, index) =>
    [...checkThresholdTags(threshold, asksForCheck(threshold) ? byCheck : all), ...checkFaults(threshold)].map(
      ({ message, hint, offset, length }) => ({
        ...E_THRESHOLD.refused(message, hint),
        path: typeof written[index] === 'string' ? ['thresholds', index] : ['thresholds', index, 'threshold'],
        mark: { offset, length },
        ...better(scenario, threshold.tags, message, hint),
      }),
    ),
  )
  return [...tooMany(tags), ...ofThresholds]
}
