import { type LintSubject, rule, stepsOf } from '../../lint/subject.ts'
import type { Path } from '../../read/source/source.ts'
import { valueAt } from '../../schema/schema-walk.ts'
import { leavesIn, mapAt, targetPaths } from '../../schema/written-steps.ts'

/** Matches texts that YAML reads as numbers but that are hardly meant as such: with leading zeros, a plus, or hexadecimal or octal digits. */
const RARELY_A_NUMBER = /^(?:[-+]?0\d|\+|[-+]?0[xo])/i

/** Parts of a request in which values become part of a text, so that every character counts. */
const TEXT_PARTS = ['headers', 'query', 'form'] as const

/** Returns the paths of the parts of a scenario that are sent. `asText` is true where numbers become part of a text. */
function sentParts(subject: LintSubject): { readonly path: Path; readonly asText: boolean }[] {
  const { value } = subject
  const names = (key: string) => Object.keys(mapAt(value, [key]))
  const targets = targetPaths(value)
  const steps = stepsOf(subject)
  return [
    { path: ['vars'], asText: true },
    ...names('groups').map((name) => ({ path: ['groups', name, 'vars'], asText: true })),
    ...steps.map(({ path }) => ({ path: [...path, 'set'], asText: true })),
    ...targets.flatMap((path) => TEXT_PARTS.map((key) => ({ path: [...path, key], asText: true }))),
    ...steps.flatMap(({ path }) => TEXT_PARTS.map((key) => ({ path: [...path, 'request', key], asText: true }))),
    ...targets.map((path) => ({ path: [...path, 'body'], asText: false })),
    ...steps.flatMap(({ path }) =>
      ['json', 'body', 'payload'].map((key) => ({ path: [...path, 'request', key], asText: false })),
    ),
  ]
}

function changed(number: number, written: string, asText: boolean): boolean {
  // A number that differs from the one in the file comes from a flag or a variable.
  if (Number(written) !== number) return false
  return RARELY_A_NUMBER.test(written) || (asText && written !== String(number))
}

/**
 * The lint rule (of `burn validate`) that warns of a number in a variable or request that burn sends with other digits than are written in the file:
 * `00501` as 501 and, where it becomes part of a text (not in a JSON body), `1.10` as `1.1`.
 */
export const W_NUMBER_FORM = rule('W_NUMBER_FORM', (subject, report) => {
  for (const { path, asText } of sentParts(subject)) {
    for (const { leaf: number, path: place } of leavesIn(valueAt(subject.value, path), path)) {
      const written = typeof number === 'number' ? subject.locate.written(place) : undefined
      if (typeof number !== 'number' || written === undefined || !changed(number, written, asText)) continue
      const message = `${written} is read as the number ${number}, and sent as ${number}`
      report(place, 'value', message, `put it in quotes to send it as it is written: "${written}"`)
    }
  }
})
