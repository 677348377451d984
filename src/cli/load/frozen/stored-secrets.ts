/** Checks that the secrets of a stored run, which its result does not contain, are available again. */
import { UsageError } from '../../../errors.ts'
import { pathText } from '../../../scenario/read/source/source.ts'
import { MASK } from '../../../text/secrets.ts'
import { environmentOf, variableFiles } from '../env-file.ts'
import { setOverrides } from '../overrides.ts'
import type { RunFlags } from '../run-flags.ts'

/**
 * Checks that all secrets to which a stored scenario refers are available, from variables or from `--set`. `asked` is what the user typed to name
 * the stored run; the error message begins with it.
 * @throws UsageError that names the missing ones
 */
export function checkSecrets(asked: string, scenario: unknown, flags: RunFlags): void {
  const given = setOverrides(flags.set ?? []).map(({ path }) => pathText(path))
  const texts = textsIn(scenario, []).filter(({ path }) => !given.some((one) => path === one || path.startsWith(`${one}.`)))
  const masked = texts.filter(({ text }) => text.includes(MASK)).map(({ path }) => path)
  if (masked.length > 0) {
    const settings = masked.map((path) => `--set ${path}=…`).join(' ')
    throw new UsageError(
      `${asked}: a secret was written in the scenario, and results hold none: ${masked.join(', ')}`,
      `give it with ${settings}; from a variable, such as \${env.API_KEY}, it would be found again`,
    )
  }
  const { env: variables } = environmentOf(variableFiles(flags))
  const names = texts.flatMap(({ text }) => Array.from(text.matchAll(/(?<!\$)\$\{env\.(\w+)\}/g), ([, name = '']) => name))
  const unset = [...new Set(names)].filter((name) => variables[name] === undefined)
  if (unset.length === 0) return
  throw new UsageError(
    `${asked}: the run had secrets from ${unset.length === 1 ? 'a variable that is' : 'variables that are'} not set: ${unset.join(', ')}`,
    `set ${unset.length === 1 ? 'it' : 'them'} as for that run, or name a file that does with --vars-file`,
  )
}

function textsIn(value: unknown, path: readonly (string | number)[]): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path: pathText(path), text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]))
}
