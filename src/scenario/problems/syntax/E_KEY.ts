import { problemKind, shown } from '../../read/source/finding.ts'

/** A key that is no text, that is not allowed, or that its map does not take. */
export const E_KEY = problemKind('E_KEY', {
  notText: (isTemplate: boolean) => [
    'a key must be a text',
    isTemplate ? 'a text that begins with {{ needs quotes around it' : 'write it as text',
  ],
  forbidden: (key: string) => [`the key ${key} is not allowed`],
  impossible: (reason: string | undefined, key: unknown) => [`${reason ?? 'not a possible key'}, got ${shown(key)}`],
})
