/** The tags that a scenario gives to attempts. */
import { normaliseTagValue } from '../../metrics/groups/tag-registry.ts'
import type { Path } from '../read/source/source.ts'
import { listAt, loadSteps, mapAt, scalarText, targetPaths } from '../schema/written-steps.ts'
import { perScenario } from './subject.ts'

/** One tag that the scenario sets: its name, its value, and the path of the value. */
interface WrittenTag {
  readonly name: string
  readonly value: string
  readonly path: Path
}

/** Returns the paths of all blocks that may have tags: targets, groups, flows and steps. */
function owners(value: unknown): Path[] {
  const groups = Object.keys(mapAt(value, ['groups'])).map((name): Path => ['groups', name])
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index])
  return [...targetPaths(value), ...groups, ...flows, ...loadSteps(value).map(({ path }) => path)]
}

/**
 * Returns all tags that targets, groups, flows and steps of the load set, with their values and their paths in the scenario; they are not in the
 * order of the file.
 */
export const writtenTags = perScenario(({ value }): readonly WrittenTag[] =>
  owners(value).flatMap((path) =>
    Object.entries(mapAt(value, [...path, 'tags'])).flatMap(([name, written]) => {
      const text = scalarText(written)
      return text === undefined ? [] : [{ name, value: text, path: [...path, 'tags', name] }]
    }),
  ),
)

/** Returns the possible values of each tag, by the tag's name; `any` for a tag that has at least one value with a template. */
export function tagValues(tags: readonly WrittenTag[]): Record<string, string[] | 'any'> {
  return Object.fromEntries(
    [...Map.groupBy(tags, ({ name }) => name)].map(([name, same]) => {
      const values = same.map(({ value }) => value)
      return [name, values.some((text) => text.includes('{{')) ? 'any' : [...new Set(values.map(normaliseTagValue))]]
    }),
  )
}
