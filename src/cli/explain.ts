/** `burn explain`: what a problem code, a failure class or a warning means, and what to do. */
import { EXIT, UsageError } from '../errors.ts'
import { nearest } from '../language/suggest.ts'
import { classNames, HINTS, hintFor } from '../metrics/failures/hints.ts'
import { WARNINGS, warningText } from '../metrics/failures/warnings.ts'
import { meaningOf, plainPage } from '../scenario/explain/pages.ts'
import { CODES } from '../scenario/read/source/codes.ts'

const FAILURES = HINTS.flatMap(([pattern]) => classNames(pattern))
const ODDITIES = WARNINGS.flatMap(([pattern]) => classNames(pattern))

/** Prints the meaning of a problem code, failure class or warning, or of all without a `name`. @throws UsageError if unknown */
export function explainCommand(name: string | undefined): number {
  process.stdout.write(`${name === undefined ? overview() : explanationOf(name)}\n`)
  return EXIT.ok
}

function explanationOf(name: string): string {
  const code = CODES.find((one) => one === name.toUpperCase())
  const texts = code === undefined ? runtimeTexts(name) : [plainPage(code)]
  if (texts.length > 0) return texts.join('\n\n')
  const near = nearest(name, [...CODES, ...FAILURES, ...ODDITIES])
  const hint = near === undefined ? '`burn explain` lists all of them' : `did you mean ${near}?`
  throw new UsageError(`there is no problem code, failure class or warning ${JSON.stringify(name)}`, hint)
}

/** The explanations of a name that appears in reports; two when a failure class and a warning share it. */
function runtimeTexts(name: string): string[] {
  const [failure, warning] = [hintFor(name), warningText(name)]
  return [
    ...(failure === '' ? [] : [`${name}: a failure class\n\n${failure}`]),
    ...(warning === '' ? [] : [`${name}: a warning about a reply that did not fail\n\n${warning}`]),
  ]
}

function overview(): string {
  const width = Math.max(...CODES.map((code) => code.length))
  return [
    'Problems of scenario files (E_ error, W_ warning, I_ note):',
    ...CODES.map((code) => `  ${code.padEnd(width)}  ${meaningOf(code)}`),
    `\nFailure classes:\n  ${FAILURES.join(', ')}`,
    `\nWarnings about replies that did not fail:\n  ${ODDITIES.join(', ')}`,
    '\n`burn explain NAME` says more about one of them.',
  ].join('\n')
}
