import { EXIT, type ExitCode, InputError, LocalError, ScenarioError, TargetError, UsageError } from '../../errors.ts'
import { codeOf } from '../../store/files/local-error.ts'
import { terminalSafe } from '../../text/escape.ts'
import { VERSION } from '../../version.ts'
import { readableTrace } from './crash.ts'
import { knownSecrets } from './known-secrets.ts'
import { pluginError } from './plugin-fault.ts'
import { formatProblems } from './problems.ts'

const KINDS = [
  [UsageError, EXIT.usage],
  [LocalError, EXIT.local],
  [InputError, EXIT.inputs],
  [TargetError, EXIT.couldNotTest],
] as const

/** Prints an error and its hint on stderr, secrets masked. Returns the exit code for this kind of error. */
export function reportFailure(thrown: unknown): ExitCode {
  const error = pluginError(thrown) ?? thrown
  const say = (text: string) => process.stderr.write(`${knownSecrets.redact(text)}\n`)
  if (error instanceof ScenarioError) {
    // Each message is masked on its own, because a secret that is cut off is recognised only at the end of a message.
    const problems = error.problems.map((problem) => ({ ...problem, message: knownSecrets.redact(problem.message) }))
    say(formatProblems(problems, 'text', { color: process.stderr.isTTY === true && !process.env.NO_COLOR }))
    return EXIT.usage
  }
  if (isCommanderError(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const kind = KINDS.find(([type]) => error instanceof type)
  if (kind && error instanceof Error) {
    say(`burn: ${terminalSafe(error.message)}`)
    if ('hint' in error && typeof error.hint === 'string') say(`  hint: ${terminalSafe(error.hint)}`)
    return kind[1]
  }
  if (error instanceof Error && codeOf(error) === 'MODULE_NOT_FOUND') {
    const [what = ''] = error.message.split('\n')
    say(`burn: a part of burn is missing: run \`npm ci\` where it is installed (${terminalSafe(what)})`)
    return EXIT.usage
  }
  say(bugText(error))
  return EXIT.bug
}

/** Returns the text about an unexpected error, which is a bug: its stack, the version, and how to report it. */
function bugText(error: unknown): string {
  const trace = error instanceof Error ? readableTrace(error.stack ?? error.message) : String(error)
  return knownSecrets.redact(
    terminalSafe(`burn ${VERSION}: this is a bug in burn, please report it with the text below\n${trace}`),
  )
}

/** True for an error with which commander ends parsing, also after --help and --version; commander has already printed its text. */
function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'exitCode' in error && codeOf(error).startsWith('commander.')
}
