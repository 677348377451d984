/** Applies profiles and environments: parts of a scenario that override the rest when they are chosen. */
import { type Problem, UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { isMap } from '../../text/json.ts'
import { ABOUT_VARIABLES } from '../read/about-variables.ts'
import type { Reference } from '../read/plain-value.ts'
import type { Locator } from '../read/source/locate.ts'
import { pathText } from '../read/source/source.ts'
import { member } from '../schema/schema-walk.ts'
import type { ScenarioFile, ScenarioFiles } from './include.ts'
import { type Layer, layerAt, layeredLocator, mergeValues } from './layers.ts'
import { applyOverrides, type Override } from './overrides.ts'
import { builtInProfiles, profileOverrides } from './profiles.ts'

/**
 * The names of the profile and the environment chosen for a run (together called overlays); their settings override the settings of the scenario
 * file.
 */
export interface OverlayChoice {
  readonly profile?: string | undefined
  readonly environment?: string | undefined
  /** The place in the configuration file that chose the profile or environment, if the user did not; for messages. */
  readonly askedBy?: Readonly<Partial<Record<'profile' | 'environment', string | undefined>>>
}

/** A scenario merged from its file, its includes, and the chosen profile and environment; not yet checked against the schema. */
export interface Stacked {
  /** The merged data; it shares no objects with the files' data, so it may be changed. */
  readonly value: unknown
  readonly locate: Locator
  readonly references: readonly Reference[]
  /** Problems found in reading the files, except those about variables in profiles and environments that were not chosen. */
  readonly problems: readonly Problem[]
  /** The sources that the scenario was merged from, the weakest first. */
  readonly layers: readonly Layer[]
  /** The changes that a built-in profile makes; empty for others. */
  readonly overrides: readonly Override[]
}

const BLOCKS = { profile: 'profiles', environment: 'environments' } as const
type BlockKind = keyof typeof BLOCKS

/** Thrown when a scenario does not have the profile or environment that was chosen; `kind` says which of the two. */
export class UnknownOverlay extends UsageError {
  readonly kind: BlockKind

  constructor(kind: BlockKind, message: string, hint?: string) {
    super(message, hint)
    this.kind = kind
  }
}

/**
 * Returns the names of all profiles or all environments (as `kind` says) that the scenario's file and its includes define, without built-in profiles.
 */
export function overlayNames({ files }: ScenarioFiles, kind: BlockKind): string[] {
  const blocks = files.map(({ parsed }) => member(parsed.value, BLOCKS[kind]))
  return [...new Set(blocks.flatMap((block) => (isMap(block) ? Object.keys(block) : [])))]
}

/**
 * Merges the files of a scenario with the chosen profile and environment.
 * @throws UnknownOverlay when the scenario has no profile or environment of that name
 */
export function stack(files: ScenarioFiles, choice: OverlayChoice): Stacked {
  const { profile } = choice
  const layers = [
    ...files.files.map((file, index) => fileLayer(file, index === files.files.length - 1)),
    ...overlayLayers(files, 'environment', choice),
    ...overlayLayers(files, 'profile', choice),
  ]
  const value = layers.reduce<unknown>((under, layer) => mergeValues(under, layer.value), undefined)
  const builtIn = profile === undefined || overlayNames(files, 'profile').includes(profile) ? undefined : builtInProfiles[profile]
  const overrides = builtIn ? profileOverrides(profile ?? '', builtIn, value) : []
  applyOverrides(value, overrides)
  return {
    value,
    locate: layeredLocator(layers),
    references: referencesOf(files, layers),
    problems: files.problems.filter((problem) => concerns(problem, choice)),
    layers,
    overrides,
  }
}

function fileLayer({ name, parsed }: ScenarioFile, main: boolean): Layer {
  return { name: main ? 'file' : `include ${name}`, value: parsed.value, locate: parsed.locate, prefix: [], main }
}

function overlayLayers(files: ScenarioFiles, kind: BlockKind, { [kind]: name, askedBy }: OverlayChoice): Layer[] {
  if (name === undefined) return []
  const known = overlayNames(files, kind)
  const builtIn = kind === 'profile' ? Object.keys(builtInProfiles) : []
  if (!known.includes(name) && !builtIn.includes(name)) throw unknownOverlay(kind, name, [...known, ...builtIn], askedBy?.[kind])
  return files.files.flatMap(({ parsed }) => {
    const value = member(member(parsed.value, BLOCKS[kind]), name)
    // A value that is no map is reported by the schema.
    return isMap(value)
      ? [{ name: `${kind} ${name}`, value, locate: parsed.locate, prefix: [BLOCKS[kind], name], main: false }]
      : []
  })
}

function unknownOverlay(kind: BlockKind, name: string, known: readonly string[], askedBy: string | undefined): UnknownOverlay {
  const by = askedBy === undefined ? '' : `, which ${askedBy} asks for`
  if (known.length === 0) return new UnknownOverlay(kind, `--${kind} ${name}: the scenario has no ${BLOCKS[kind]}${by}`)
  const near = nearest(name, known)
  const list = `${BLOCKS[kind]}: ${known.join(', ')}`
  return new UnknownOverlay(
    kind,
    `there is no ${kind} "${name}"${by}`,
    near === undefined ? list : `did you mean ${near}? ${list}`,
  )
}

/** Returns the environment references of all files, at the paths of their values in the merged scenario. */
function referencesOf({ files }: ScenarioFiles, layers: readonly Layer[]): Reference[] {
  return layers.flatMap((layer) => {
    const file = files.find(({ parsed }) => parsed.locate === layer.locate)
    const inside = file?.parsed.references.filter(({ path }) => layer.prefix.every((step, index) => path[index] === step)) ?? []
    const moved = inside.map(({ path, kind }) => ({ path: path.slice(layer.prefix.length), kind }))
    return moved.filter(({ path }) => layerAt(layers, path) === layer)
  })
}

/**
 * True when a problem can affect this run. A missing or unusable environment variable or secret does not, if only a profile or environment that was
 * not chosen refers to it.
 */
export function concerns({ code, path }: Problem, choice: OverlayChoice): boolean {
  if (!ABOUT_VARIABLES.has(code)) return true
  return (Object.keys(BLOCKS) as BlockKind[]).every((kind) => {
    const name = choice[kind]
    const chosen = name !== undefined && path.startsWith(`${pathText([BLOCKS[kind], name])}.`)
    return !path.startsWith(`${BLOCKS[kind]}.`) || chosen
  })
}

/**
 * Returns, for each top-level key of a scenario, the names of the sources that set it, such as files, profiles and flags. The source listed first
 * overrides the others.
 */
export function sourcesOf(layers: readonly Layer[], overrides: readonly Override[]): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>()
  const add = (key: string, name: string) => {
    const known = sources.get(key) ?? []
    if (!known.includes(name)) sources.set(key, [...known, name])
  }
  // An override of a whole key names all its sources, so that overrides of its parts from these sources are not repeated.
  const whole = new Set(
    overrides.flatMap(({ path, source }) => (path.length === 1 ? source.split(', ').map((one) => `${path[0]} ${one}`) : [])),
  )
  const news = overrides.filter(({ path, source }) => path.length === 1 || !whole.has(`${path[0]} ${source}`))
  for (const { path, source } of news.reverse()) add(String(path[0]), source)
  for (const { value, name } of [...layers].reverse()) if (isMap(value)) for (const key of Object.keys(value)) add(key, name)
  return sources
}
