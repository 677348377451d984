import { problemKind } from '../../read/source/finding.ts'

/** The error for a file that does not exist, cannot be read, or has other content than expected. */
export const E_FILE = problemKind('E_FILE', {
  tooLarge: (mostBytes: number, hint: string) => [`larger than ${mostBytes} bytes`, hint],
  notUtf8: (offset: number) => [`not UTF-8: bad byte at offset ${offset}`, 'save the file as UTF-8'],
  empty: (name: string) => [`${name} is empty`, 'name a file that holds something; an API refuses an empty one'],
  unreadable: (reason: string) => [`cannot be read: ${reason}`],
  /** What an error says about a file that a part of the scenario names. */
  refused: ({ message, hint }: { readonly message: string; readonly hint?: string | undefined }) => [message, hint],
  /** `folder`: where its path starts, when it is relative. */
  missing: (name: string, wrong: string, folder: string | undefined) => [
    `${name} ${wrong}`,
    folder === undefined ? undefined : `paths start at ${folder}`,
  ],
})
