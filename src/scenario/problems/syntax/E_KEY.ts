import { problemKind, shown } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a map key that is empty, a list or a map, that is forbidden (such as `__proto__`), or that is no valid name where
 * the keys are names, as for variables.
 */
export const E_KEY = problemKind('E_KEY', {
  notText: (isTemplate: boolean) => [
    'a key must be a text',
    isTemplate ? 'a text that begins with {{ needs quotes around it' : 'write it as text',
  ],
  forbidden: (key: string) => [`the key ${key} is not allowed`],
  impossible: (reason: string | undefined, key: unknown) => [`${reason ?? 'not a possible key'}, got ${shown(key)}`],
})
