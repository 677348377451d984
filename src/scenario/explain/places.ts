/** Recognises the blocks of a scenario by their path, because a key means one thing in a step and another in a target. */
import type { Path } from '../read/source/source.ts'

/** Returns a path as text, in which `[]` stands for any index of a list: `steps.0.expect.1` is `steps[].expect[]`. */
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
  capture: /\.capture\.[^.]+$/,
  check: /\.expect\[\]$/,
} as const

/** The name of a block of a scenario in which errors can occur, such as `step` or `target`. */
export type IssuePlace = keyof typeof PLACES

/** Returns the name of the block that a path of a scenario leads to, such as `step` or `target`; undefined for a block without a special name. */
export function placeOf(path: Path): IssuePlace | undefined {
  const generic = genericPath(path)
  return (Object.keys(PLACES) as IssuePlace[]).find((place) => PLACES[place].test(generic)) // keys of this very object
}
