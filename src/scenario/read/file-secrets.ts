/** The secrets of one file, which the lines shown with its problems leave out. */
import { isSecretVariable } from '../../text/secrets.ts'
import { secretsInText, writtenSecrets } from '../../text/written-secrets.ts'
import { plainValue } from './plain-value.ts'
import type { SourceNode } from './source/source.ts'

/**
 * Returns the secrets written in a scenario file: those in its parsed tree `root` and, in `broken`, a text with syntax errors, the values
 * after names such as `password`.
 */
export function secretsOfFile(broken: string, root: SourceNode | undefined): string[] {
  const plain = root && plainValue(root)
  const found = plain && 'value' in plain ? writtenSecrets(plain.value) : []
  return [...found, ...secretsInText(broken, isSecretVariable)].map(({ secret }) => secret)
}
