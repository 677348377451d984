import { distance } from 'fastest-levenshtein'
import { type DocumentPlace, placesIn } from '../../dialects/reply/documents.ts'

/** The largest number of paths that are compared with the wrong one, to limit the time that this takes. */
const MAX_PLACES = 5000
const MAX_PATH = 200
/** The largest share of its letters (0.6 is 60 %) in which a suggested path may differ from the wrong one. */
const MAX_DIFFERENCE = 0.6
/** By how much a path counts as more similar (as a share of its letters) when its last name is the same as in the wrong path. */
const SAME_NAME = 0.5
const MOST = 3

const nameOf = (path: string) => /(\w+)\W*$/.exec(path)?.[1]?.toLowerCase().replaceAll('_', '') ?? ''

/**
 * Suggests corrections of a wrong path to a value in a reply, such as a JSONPath: returns up to three similar paths that exist, the most similar
 * first. `written` is the wrong path; `documents` are the parsed JSON documents of the reply. Only paths to values for which `fits` returns true are
 * suggested.
 */
export function nearestPlaces(
  written: string,
  documents: readonly unknown[],
  fits: (value: unknown) => boolean,
): DocumentPlace[] {
  if (written.length > MAX_PATH) return []
  const name = nameOf(written)
  const differenceOf = (path: string) => {
    const apart = distance(written, path) / Math.max(written.length, path.length)
    return nameOf(path) === name ? apart - SAME_NAME : apart
  }
  return fitting(documents, fits)
    .map((place) => ({ place, difference: differenceOf(place.path) }))
    .filter(({ difference }) => difference <= MAX_DIFFERENCE)
    .sort((a, b) => a.difference - b.difference)
    .slice(0, MOST)
    .map(({ place }) => place)
}

function fitting(documents: readonly unknown[], fits: (value: unknown) => boolean): DocumentPlace[] {
  const found = new Map<string, DocumentPlace>()
  let seen = 0
  for (const document of documents) {
    for (const place of placesIn(document)) {
      seen += 1
      if (seen > MAX_PLACES) return [...found.values()]
      if (place.path.length <= MAX_PATH && fits(place.value) && !found.has(place.path)) found.set(place.path, place)
    }
  }
  return [...found.values()]
}
