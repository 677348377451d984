/** Merges a scenario from its sources (its file, included files, a profile, an environment), and finds the place in a file of each merged value. */
import { isMap, newMap } from '../../text/json.ts'
import type { Locator } from '../read/source/locate.ts'
import type { Path, Span } from '../read/source/source.ts'
import { member } from '../schema/schema-walk.ts'

/** One source of settings for a scenario: a file, a profile or an environment. All sources are merged into one scenario. */
export interface Layer {
  /** Name of the source, for messages: `file`, `include common.yaml`, `profile quick`. */
  readonly name: string
  readonly value: unknown
  readonly locate: Locator
  /** Path in the file at which the layer's data begins. */
  readonly prefix: Path
  /** True for the layer that is the scenario file itself, where problems without a place of their own are shown. */
  readonly main: boolean
}

/**
 * True when two values are merged instead of replaced: both are maps, and not of different `type`, because the keys of one kind of `auth`
 * mean nothing to another.
 */
function mergesWith(over: unknown, under: unknown): boolean {
  if (!isMap(over) || !isMap(under)) return false
  const [one, other] = [member(over, 'type'), member(under, 'type')]
  return typeof one !== 'string' || typeof other !== 'string' || one === other
}

/**
 * Returns a merged copy of two values of a scenario. Two maps are merged key by key, where `over` overrides `under`; any other value of `over`
 * replaces that of `under`. A map also replaces another if both have a `type` and these differ.
 */
export function mergeValues(under: unknown, over: unknown): unknown {
  if (Array.isArray(over)) return over.map((item) => mergeValues(undefined, item))
  if (!isMap(over)) return over
  const merged = newMap()
  const below = mergesWith(over, under) && isMap(under) ? under : {}
  for (const [key, value] of Object.entries(below)) if (!Object.hasOwn(over, key)) merged[key] = mergeValues(undefined, value)
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValues(member(below, key), value)
  return merged
}

interface Seen {
  readonly layer: Layer
  readonly value: unknown
}

/**
 * Returns the values of all layers that contribute to a merged value, the strongest first: lower ones contribute only where maps are merged with
 * maps.
 */
function visible(stack: readonly Seen[]): readonly Seen[] {
  const hidden = stack.findIndex(({ value }, index) => index > 0 && !mergesWith(stack[index - 1]?.value, value))
  return hidden === -1 ? stack : stack.slice(0, hidden)
}

/**
 * Returns the source (file, profile …) of the value at `path` of a merged scenario. For a map that several sources set together, this is the scenario
 * file if it is one of them. For a key that is missing, it is the source of the map that lacks it.
 */
export function layerAt(layers: readonly Layer[], path: Path): Layer {
  let seen: readonly Seen[] = [...layers].reverse().map((layer) => ({ layer, value: layer.value }))
  for (const step of path) {
    const below = seen.map(({ layer, value }) => ({ layer, value: member(value, step) }))
    const next = visible(below.filter(({ value }) => value !== undefined))
    if (next.length === 0) break
    seen = next
  }
  const found = seen.find(({ layer }) => layer.main) ?? seen[0]
  if (!found) throw new Error('there is always the layer of the file itself')
  return found.layer
}

/** Returns a locator, which finds file, line and column of the value at a path, for a scenario merged from `layers`; later layers override earlier ones. */
export function layeredLocator(layers: readonly Layer[]): Locator {
  const owners = new WeakMap<Span, Layer>()
  const main = layerAt(layers, [])
  const owner = (span: Span) => owners.get(span) ?? main
  const at = (path: Path, find: (locate: Locator, path: Path) => Span): Span => {
    const layer = layerAt(layers, path)
    const span = find(layer.locate, [...layer.prefix, ...path])
    owners.set(span, layer)
    return span
  }
  return {
    file: main.locate.file,
    key: (path) => at(path, (locate, inFile) => locate.key(inFile)),
    value: (path) => at(path, (locate, inFile) => locate.value(inFile)),
    inside: (path, offset, length) => at(path, (locate, inFile) => locate.inside(inFile, offset, length)),
    written: (path) => {
      const { locate, prefix } = layerAt(layers, path)
      return locate.written([...prefix, ...path])
    },
    fromEnvironment: (path, part) => {
      const { locate, prefix } = layerAt(layers, path)
      return locate.fromEnvironment([...prefix, ...path], part)
    },
    place: (span) => owner(span).locate.place(span),
    problem: (text, span) => owner(span).locate.problem(text, span),
  }
}
