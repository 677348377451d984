/** One path of a scenario against a sample reply: what it finds, or what it may have been meant to find. */
import { clip } from '../../metrics/check/types.ts'
import type { Path } from '../../scenario/read/source/source.ts'
import { nearestPlaces } from '../reply/nearest.ts'

/** What a path is there for. */
export type WantedPath = 'text' | 'number' | 'value'

export interface PathCheck {
  /** Where it stands in the scenario. */
  readonly place: Path
  /** As it is written there. */
  readonly written: string
  /** `open`: the sample cannot tell, or need not. */
  readonly state: 'found' | 'missing' | 'open'
  /** What was found, or why nothing was. */
  readonly said: string
  readonly hint?: string | undefined
}

/** What is said of a path that finds nothing. */
export const NOTHING = 'nothing'

const FITS: Readonly<Record<WantedPath, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => typeof value === 'number',
  value: () => true,
}

/** A value as it is shown: short, text in quotes. */
export function shown(value: unknown): string {
  return clip(JSON.stringify(value) ?? String(value))
}

/** A path that was tried on these documents. `read` gives what it finds in one of them; undefined for nothing. */
export function tried(
  place: Path,
  written: string,
  wanted: WantedPath,
  documents: readonly unknown[],
  read: (document: unknown) => unknown,
): PathCheck {
  const values = documents.map(read).filter((value) => value !== undefined && value !== null)
  const fitting = values.filter((value) => wanted !== 'number' || typeof value === 'number')
  if (fitting.length > 0) {
    const [first] = wanted === 'text' ? [fitting.find((value) => value !== '') ?? ''] : fitting
    const where = documents.length > 1 ? ` (in ${fitting.length} of ${documents.length} events)` : ''
    return { place, written, state: 'found', said: `${shown(first)}${where}` }
  }
  const said = values.length > 0 ? `${shown(values[0])} is no number` : NOTHING
  const places = nearestPlaces(written, documents, FITS[wanted])
  return { place, written, state: 'missing', said, hint: suggestion(places.map(({ path }) => path)) }
}

function suggestion(paths: readonly string[]): string | undefined {
  return paths.length === 0 ? undefined : `did you mean ${paths.join(' or ')}?`
}

/** A path that is not judged, and why. */
export function open(place: Path, written: string, why: string): PathCheck {
  return { place, written, state: 'open', said: why }
}
