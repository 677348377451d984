import { EXIT, EXIT_MEANINGS, UsageError } from '../errors.ts'
import { nearest } from '../language/suggest.ts'
import { classNames, HINTS, hintFor } from '../metrics/failures/hints.ts'
import { WARNINGS, warningText } from '../metrics/failures/warnings.ts'
import { VALIDITY_REASONS } from '../metrics/validity/validity-reasons.ts'
import { meaningOf, plainPage, problemCodes } from '../scenario/pages.ts'

const FAILURES = HINTS.flatMap(([pattern]) => classNames(pattern))
const ODDITIES = WARNINGS.flatMap(([pattern]) => classNames(pattern))

const REASONS: Readonly<Record<string, string>> = VALIDITY_REASONS
const EXITS: Readonly<Record<string, string>> = EXIT_MEANINGS

/**
 * Runs `burn explain NAME`: prints what a problem code, failure class, warning, validity reason or exit code means; without a name, a list
 * of all. @throws UsageError for an unknown name
 */
export function explainCommand(name: string | undefined): number {
  process.stdout.write(`${name === undefined ? overview() : explanationOf(name)}\n`)
  return EXIT.ok
}

function explanationOf(name: string): string {
  const code = problemCodes().find((one) => one === name.toUpperCase())
  const texts =
    code === undefined ? ([name, spelled(name)].map(textsOfReports).find(({ length }) => length > 0) ?? []) : [plainPage(code)]
  if (texts.length > 0) return texts.join('\n\n')
  const near = nearest(name, [...problemCodes(), ...FAILURES, ...ODDITIES, ...Object.keys(REASONS)])
  const hint = near === undefined ? '`burn explain` lists all of them' : `did you mean ${near}?`
  throw new UsageError(
    `there is no problem code, failure class, warning, reason of validity or exit code ${JSON.stringify(name)}`,
    hint,
  )
}

/** Returns the name of a failure class in the spelling of reports, such as `grpc_INTERNAL`, whatever its case; other names in lower case. */
function spelled(name: string): string {
  const lower = name.toLowerCase()
  return FAILURES.find((one) => one.toLowerCase() === lower) ?? lower
}

/**
 * Returns the explanations of a name or number that is not a problem code. There are several when, for example, a failure class and a warning have
 * the same name.
 */
function textsOfReports(name: string): string[] {
  const [failure, warning] = [hintFor(name), warningText(name)]
  return [
    ...(failure === '' ? [] : [`${name}: a failure class\n\n${failure}`]),
    ...(warning === '' ? [] : [`${name}: a warning about a reply that did not fail\n\n${warning}`]),
    ...ofTable(REASONS, name, 'a reason why the numbers of a run are degraded or not valid'),
    ...ofTable(EXITS, name, 'an exit code'),
  ]
}

const ofTable = (table: Readonly<Record<string, string>>, name: string, kind: string) =>
  Object.hasOwn(table, name) ? [`${name}: ${kind}\n\n${table[name]}`] : []

function overview(): string {
  const codes = problemCodes()
  const width = Math.max(...codes.map((code) => code.length))
  return [
    'Problems of scenario files (E_ error, W_ warning, I_ note):',
    ...codes.map((code) => `  ${code.padEnd(width)}  ${meaningOf(code)}`),
    `\nFailure classes:\n  ${FAILURES.join(', ')}`,
    `\nWarnings about replies that did not fail:\n  ${ODDITIES.join(', ')}`,
    `\nReasons why the numbers of a run are degraded or not valid:\n  ${Object.keys(REASONS).join(', ')}`,
    `\nExit codes:\n  ${Object.keys(EXITS).join(', ')}`,
    '\n`burn explain NAME` says more about one of them.',
  ].join('\n')
}
