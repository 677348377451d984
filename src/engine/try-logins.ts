/** Asks for credentials before a load: a target whose login is refused need not be loaded. */
import { AuthError, type CredentialSource, hasTemplates } from '../auth/index.ts'
import { waitFor } from '../clock.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import { openSource } from './resources.ts'

const WHAT_NEXT = 'mend its auth: block (burn ping tries it), or start the load all the same with --no-preflight'

interface LoginOptions {
  /** Called with every token, before it is used. */
  readonly onSecret: (value: string) => void
  /** Ends the requests for tokens. */
  readonly signal: AbortSignal
}

const TRIES = 3
/** The pause before the second try, in ms; it doubles before each further one. */
const FIRST_PAUSE_MS = 200

/**
 * Checks before a run that logins work: gets a token for each target whose `auth:` block asks a server for one, and drops the token. A server that
 * is busy or fails for the moment is asked up to three times. Not checked are embedded mocks, and blocks with templates or with a row for each user,
 * because their values are known only during the run. Resolves early when `signal` is aborted.
 * @throws AuthError when a login is refused, or its server does not answer
 */
export async function tryLogins({ targets, baseDir }: Plan, { onSecret, signal }: LoginOptions): Promise<void> {
  for (const target of targets) {
    const block = target.auth?.block
    if (block === undefined || target.mock !== undefined || block.type === 'identities' || hasTemplates(block)) continue
    const source = await openSource(target, baseDir, { mockOrigins: new Map(), onSecret }, signal)
    try {
      if (source) await tried(source, block, signal)
    } catch (error) {
      // What a stop cut off says nothing about the login.
      if (signal.aborted) return
      throw error instanceof AuthError
        ? new AuthError(`the login of ${target.name} failed: ${error.message}; ${WHAT_NEXT}`, { cause: error })
        : error
    } finally {
      await source?.close()
    }
  }
}

/** Gets a token, and tries again after failures that may pass. */
async function tried(source: CredentialSource, block: unknown, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await source.ready({ id: 0, fields: () => block })
      return
    } catch (error) {
      if (attempt === TRIES || !(error instanceof AuthError && error.mayPass)) throw error
    }
    await waitFor(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal)
  }
}
