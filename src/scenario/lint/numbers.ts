/** Numbers that are sent, and that lose how they were written: a post code `00501` would be sent as 501. */
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Locator } from '../read/source/locate.ts'
import type { Path } from '../read/source/source.ts'
import { valueAt } from '../schema/schema-walk.ts'
import { allSteps, leavesIn, mapAt, targetPaths } from '../schema/written-steps.ts'

/** Written like a number, but hardly meant as one: zeros before it, a plus, hexadecimal or octal digits. */
const RARELY_A_NUMBER = /^(?:[-+]?0\d|\+|[-+]?0[xo])/i

/** Values that are put into texts: there every letter counts. */
const TEXT_PARTS = ['headers', 'query', 'form'] as const

/** Parts of the scenario that are sent; `asText` where a number is put into a text. */
function sentParts(value: unknown): { readonly path: Path; readonly asText: boolean }[] {
  const names = (key: string) => Object.keys(mapAt(value, [key]))
  const targets = targetPaths(value)
  const steps = [...allSteps(value)]
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
  // Another number than the one in the file comes from a flag or a variable.
  if (Number(written) !== number) return false
  return RARELY_A_NUMBER.test(written) || (asText && written !== String(number))
}

/** Returns warnings for numbers that would be sent with other digits than they have in the file, such as `1.10` as `1.1`. */
export function numberFindings(value: unknown, locate: Locator): Finding[] {
  return sentParts(value).flatMap(({ path, asText }) =>
    Array.from(leavesIn(valueAt(value, path), path)).flatMap(({ leaf: number, path: place }): Finding[] => {
      if (typeof number !== 'number') return []
      const written = locate.written(place)
      if (written === undefined || !changed(number, written, asText)) return []
      const message = `${written} is read as the number ${number}, and sent as ${number}`
      const hint = `put it in quotes to send it as it is written: "${written}"`
      return [findingAt('W_NUMBER_FORM', place, 'value', message, hint)]
    }),
  )
}
