/** The auth scheme `identities`: a file has one row of credentials (name, password or token) for each user, and another scheme sends them. */
import * as z from 'zod'
import { LocalError } from '../errors.ts'
import { lateObject } from '../fields.ts'
import type { AuthContext, AuthUser, CredentialSource, Identity, IdentityFile, IdentityRows } from './scheme.ts'

/** The inner auth block when an `identities` block has none: Basic authentication with the columns `username` and `password`. */
const BASIC = { type: 'basic', username: '{{identity.username}}', password: '{{identity.password}}' } as const

/**
 * Returns the schema of an `auth:` block of type `identities`, which takes each user's credentials from a row of a data file. Its key `use` holds
 * another `auth:` block, which says how the values of a row are sent. The parameter `use` is the schema of this inner block.
 */
export function identitiesFields<Use extends z.ZodType>(use: Use) {
  return lateObject(() => ({
    type: z.literal('identities').describe('Each user has the identity in its row of a file'),
    file: z.string().min(1).describe('Data file, from the folder of the scenario and within it; user 0 has the first row'),
    format: z.enum(['csv', 'json', 'jsonl']).optional().describe('Format of the file. Left out: by the ending of its name'),
    delimiter: z
      .string()
      .regex(/^[^"\r\n\u0080-\uffff]$/, 'expected one ASCII character, such as ; or a tab')
      .optional()
      .describe('What stands between the fields of a CSV row. Default a comma'),
    columns: z.array(z.string().min(1)).min(1).optional().describe('Names of the columns of a CSV file without a header row'),
    onEnd: z
      .enum(['fail', 'wrap'])
      .default('fail')
      .describe('When there are more users than rows. fail: end the run with an error; wrap: begin again with the first row'),
    use: use
      .optional()
      .describe('The scheme that uses the row as {{identity.column}}. Left out: basic, with the columns username and password'),
  }))
}

type IdentityFields = IdentityFile & { readonly onEnd: 'fail' | 'wrap'; readonly use?: { readonly type: string } | undefined }

/**
 * Opens an `auth:` block of type `identities`, which takes each user's credentials from a row of a data file, and returns the source of credentials.
 * The key `use` of the block holds another `auth:` block, which says how the values of a row are sent; `openUse` opens this inner block. Rejects with
 * LocalError when the file is unusable.
 */
export async function openIdentities(
  block: IdentityFields,
  context: AuthContext,
  openUse: (use: { readonly type: string }, context: AuthContext) => Promise<CredentialSource>,
): Promise<CredentialSource> {
  const rows = await context.openRows(block)
  try {
    if (block.use === undefined) needColumns(block.file, rows)
    const inner = await openUse(block.use ?? BASIC, context)
    return around(inner, block, rows)
  } catch (error) {
    rows.close()
    throw error
  }
}

function needColumns(file: string, { columns }: IdentityRows): void {
  const missing = columns && ['username', 'password'].find((name) => !columns.includes(name))
  if (missing === undefined) return
  throw new LocalError(`${file} has no column ${missing}`, 'say in auth.use what to do with the columns that it has')
}

function around(inner: CredentialSource, block: IdentityFields, rows: IdentityRows): CredentialSource {
  const identity = (userId: number): Identity => {
    if (userId < rows.count || block.onEnd === 'wrap') return rows.row(userId % rows.count)
    throw new LocalError(
      `${block.file} has ${rows.count} rows, and there is a user number ${userId + 1}`,
      'add rows, or set auth.onEnd: wrap to let users share them',
    )
  }
  const insideOf = (user: AuthUser): AuthUser => ({
    id: user.id,
    fields: () => (block.use ? (user.fields() as IdentityFields).use : basicOf(identity(user.id))),
  })
  return {
    ready: (user) => inner.ready(insideOf(user)),
    current: (user, url) => inner.current(insideOf(user), url),
    refused: (user, sentAt) => inner.refused(insideOf(user), sentAt),
    observe: (user, url, setCookies) => inner.observe(insideOf(user), url, setCookies),
    identity,
    async close() {
      rows.close()
      await inner.close()
    },
  }
}

function basicOf({ username, password }: Identity): unknown {
  return { type: 'basic', username: String(username ?? ''), password: String(password ?? '') }
}
