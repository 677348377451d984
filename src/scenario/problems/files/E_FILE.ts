import { problemKind } from '../../read/source/finding.ts'

/** The error of `burn validate` for a file that does not exist, cannot be read, or has other content than expected. */
export const E_FILE = problemKind('E_FILE', {
  tooLarge: (mostBytes: number, hint: string) => [`larger than ${mostBytes} bytes`, hint],
  notUtf8: (offset: number) => [`not UTF-8: bad byte at offset ${offset}`, 'save the file as UTF-8'],
  empty: (name: string) => [`${name} is empty`, 'name a file that holds something; an API refuses an empty one'],
  unreadable: (reason: string) => [`cannot be read: ${reason}`],
  /** Makes the message for a file that cannot be used, from the error of its reader. */
  refused: ({ message, hint }: { readonly message: string; readonly hint?: string | undefined }) => [message, hint],
  /** Makes the message for a missing file. `folder` is the folder from which a relative path starts; undefined for an absolute one. */
  missing: (name: string, wrong: string, folder: string | undefined) => [
    `${name} ${wrong}`,
    folder === undefined ? undefined : `paths start at ${folder}`,
  ],
})
