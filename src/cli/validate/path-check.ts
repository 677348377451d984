import { clip } from '../../metrics/check/kinds/types.ts'
import type { Path } from '../../scenario/read/source/source.ts'
import { nearestPlaces } from '../reply/nearest.ts'

/**
 * The type of value that is looked for at a path in a sample reply (`burn validate --sample`): a text, a number, or any value. Only where a number is
 * looked for does a value of another type count as missing.
 */
export type PathKind = 'text' | 'number' | 'value'

/**
 * The outcome of looking up a path, such as `$.choices[0].text`, in a sample reply (`burn validate --sample`). It says where the scenario has this
 * path, and whether the reply has a value there.
 */
export interface PathCheck {
  /** The place in the scenario where the path is written. */
  readonly place: Path
  /** The path that is looked up, as written in the scenario. */
  readonly written: string
  /** Whether the path was `found` or `missing` in the sample; `open` when this sample cannot show whether it is right. */
  readonly state: 'found' | 'missing' | 'open'
  /** The value that was found, or why there is none. */
  readonly said: string
  readonly hint?: string | undefined
}

/** The word that reports show for a path that finds nothing in a sample reply. */
export const NOTHING = 'nothing'

const FITS: Readonly<Record<PathKind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => typeof value === 'number',
  value: () => true,
}

/** Formats a value that a path found in a sample reply as JSON, for people; a long value is cut. */
export function shown(value: unknown): string {
  return clip(JSON.stringify(value) ?? String(value))
}

/**
 * Looks up a path of a scenario in the JSON `documents` of a sample reply: the events of a stream, or the one body. Returns whether any of them has a
 * value there that fits, such as a number, and the first such value or, when none has, a hint with similar paths. `read` returns the value that one
 * document has at the path.
 */
export function tried(
  place: Path,
  written: string,
  kind: PathKind,
  documents: readonly unknown[],
  read: (document: unknown) => unknown,
): PathCheck {
  const values = documents.map(read).filter((value) => value !== undefined && value !== null)
  const fitting = values.filter((value) => kind !== 'number' || typeof value === 'number')
  if (fitting.length > 0) {
    const [first] = kind === 'text' ? [fitting.find((value) => value !== '') ?? ''] : fitting
    const where = documents.length > 1 ? ` (in ${fitting.length} of ${documents.length} events)` : ''
    return { place, written, state: 'found', said: `${shown(first)}${where}` }
  }
  const said = values.length > 0 ? `${shown(values[0])} is no number` : NOTHING
  const places = nearestPlaces(written, documents, FITS[kind])
  return { place, written, state: 'missing', said, hint: suggestion(places.map(({ path }) => path)) }
}

function suggestion(paths: readonly string[]): string | undefined {
  return paths.length === 0 ? undefined : `did you mean ${paths.join(' or ')}?`
}

/**
 * Returns the outcome `open` for a path of the scenario that was looked up in a sample reply: this reply cannot show whether the path is right, and
 * `why` is the reason.
 */
export function open(place: Path, written: string, why: string): PathCheck {
  return { place, written, state: 'open', said: why }
}
