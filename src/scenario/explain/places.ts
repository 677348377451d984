/** The blocks of a scenario, told by where they stand: a key means one thing in a step and another in a target. */
import type { Path } from '../read/source/source.ts'

/** A path without numbers: `steps[].expect[]`. */
export const genericPath = (path: Path) =>
  path
    .map((step) => (typeof step === 'number' ? '[]' : step))
    .join('.')
    .replaceAll('.[]', '[]')

const PLACES = {
  top: /^$/,
  target: /^(target|targets\.[^.]+)$/,
  response: /^(target|targets\.[^.]+)\.response$/,
  conversation: /^conversation$/,
  phase: /^load\[\]$/,
  step: /(^|\.)(steps|setup|teardown|then|else)\[\]$/,
  loop: /\.loop$/,
  message: /\.message$/,
  delay: /\.delay$/,
  check: /\.expect\[\]$/,
} as const

export type IssuePlace = keyof typeof PLACES

/** The block at a path; undefined for one that nothing special is known of. */
export function placeOf(path: Path): IssuePlace | undefined {
  const generic = genericPath(path)
  return (Object.keys(PLACES) as IssuePlace[]).find((place) => PLACES[place].test(generic)) // keys of this very object
}
