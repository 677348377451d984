/** Asks for credentials before a load: a target whose login is refused need not be loaded. */
import { AuthError, hasTemplates } from '../auth/index.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import { openSource } from './resources.ts'

const WHAT_NEXT = 'mend its auth: block (burn ping tries it), or start the load all the same with --no-preflight'

interface LoginOptions {
  /** Called with every token, before it is used. */
  readonly onSecret: (value: string) => void
  /** Ends the requests for tokens. */
  readonly signal: AbortSignal
}

/**
 * Gets a token for each target whose `auth:` block asks a server for one, and drops it. Blocks with templates or with a row for each user are left out,
 * because their values are known only during the run, and so are embedded mocks, which do not run yet.
 * @throws AuthError when a login is refused, or its server does not answer
 */
export async function tryLogins({ targets, baseDir }: Plan, { onSecret, signal }: LoginOptions): Promise<void> {
  for (const target of targets) {
    const block = target.auth?.block
    if (block === undefined || target.mock !== undefined || block.type === 'identities' || hasTemplates(block)) continue
    const source = await openSource(target, baseDir, { mockOrigins: new Map(), onSecret }, signal)
    try {
      await source?.ready({ id: 0, fields: () => block })
    } catch (error) {
      throw error instanceof AuthError
        ? new AuthError(`the login of ${target.name} failed: ${error.message}; ${WHAT_NEXT}`, { cause: error })
        : error
    } finally {
      await source?.close()
    }
  }
}
