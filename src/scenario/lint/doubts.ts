/** Finds what is uncertain because a part of the file could not be read, so that problems which only follow from that are not reported. */
import { E_MISSING_KEY } from '../problems/values/E_MISSING_KEY.ts'
import type { Finding } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { member, valueAt } from '../schema/schema-walk.ts'

/**
 * What the checks of a scenario cannot know because parts of the file were not readable. A name that seems to be missing, for example, may be
 * defined in such a part.
 */
export interface Doubts {
  /** True when a part that could not be read may define a variable, tag, step … with this name. */
  mayBeNamed(name: string): boolean
  /** True when a part that could not be read contains this name. */
  stands(name: string): boolean
  /** The map keys in parts of the file that could not be read; some may be names of groups or targets. */
  readonly keys: readonly string[]
  /** The values of `name` in parts that could not be read; some may be names of steps, phases or flows. */
  readonly titles: readonly string[]
  /** True when there may be steps that could not be read. */
  readonly steps: boolean
  /** True when the value at `path`, or one that contains it, does not fit the schema. */
  concerns(path: Path): boolean
  /** True when the value at `path`, or one inside it, does not fit the schema. */
  within(path: Path): boolean
}

/** Keys whose maps define names of variables. */
const NAMING = new Set(['vars', 'data', 'capture', 'set', 'groups'])

/** Collects every key, and every text under the key `name`, in a part of the file. */
function namesIn(value: unknown, keys: Set<string>, titles: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) keys.add(key)
    if (key === 'name' && typeof item === 'string') titles.add(item)
    namesIn(item, keys, titles)
  }
}

/** Returns true when a finding is about a block that would define variables but shows no names, such as `vars: a`. */
function hidesNames({ code, path }: Finding, value: unknown): boolean {
  return code !== E_MISSING_KEY.code && NAMING.has(String(path.at(-1))) && typeof valueAt(value, path) !== 'object'
}

const isAboutSteps = ({ path: [top] }: Finding, value: unknown) =>
  top === 'steps' || top === 'flows' || (member(value, 'steps') === undefined && member(value, 'flows') === undefined)

/**
 * Returns what cannot be known about a scenario because parts of it do not fit the schema, such as which variables these parts would set. `findings`
 * are the schema's errors, `value` is the file's data.
 */
export function doubtsOf(findings: readonly Finding[], value: unknown): Doubts {
  const keys = new Set<string>()
  const titles = new Set<string>()
  for (const { path } of findings) if (path.length > 0) namesIn(valueAt(value, path), keys, titles)
  const anyName = findings.some((finding) => hidesNames(finding, value))
  const broken = new Set(findings.map(({ path }) => pathText(path)))
  const around = new Set(findings.flatMap(({ path }) => path.map((_, index) => pathText(path.slice(0, index)))))
  const stands = (name: string) => keys.has(name) || titles.has(name)
  return {
    mayBeNamed: (name) => anyName || stands(name),
    stands,
    keys: [...keys],
    titles: [...titles],
    steps: findings.some((finding) => isAboutSteps(finding, value)),
    concerns: (path) => path.some((_, index) => broken.has(pathText(path.slice(0, index + 1)))),
    within: (path) => broken.has(pathText(path)) || around.has(pathText(path)),
  }
}
