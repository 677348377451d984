import { type CredentialSource, isStaticAuth, openCredentials } from '../auth/index.ts'
import { tlsConnectOptions } from '../connectors/wire/tls.ts'
import { type Feeder, openFeeder, openTable } from '../data/index.ts'
import { createRandom } from '../random.ts'
import type { Plan, PlannedTarget } from '../scenario/compile/plan.ts'
import type { Variables } from './user/variables.ts'
import { WireFaults } from './watch/wire-faults.ts'

interface ResourceContext {
  readonly mockOrigins: ReadonlyMap<string, string>
  /** Called with every token that is fetched while the run lasts, before it is used. */
  readonly onSecret: (value: string) => void
}

/** A data file that has no row left for the next iteration: its name, and the reason in words. */
interface RowsOver {
  readonly feeder: string
  readonly why: string
  /** True when the scenario says that the run fails at the end of this file (`onEnd: fail`). */
  readonly isFailure: boolean
}

/** Opens the data files, the sources of credentials and the relays for injected faults that one run needs, and closes them at the end of the run. */
export class Resources {
  /** The open data files and recorded traces, which are closed at the end of the run. */
  private readonly files: readonly { close(): void }[]
  private readonly feeders: ReadonlyMap<string, Feeder>
  private readonly sources: readonly (CredentialSource | undefined)[]
  private readonly over: AbortController
  /** The relays that inject faults into connections; undefined when the scenario injects none. */
  readonly wireFaults: WireFaults | undefined

  private constructor(
    files: readonly { close(): void }[],
    feeders: ReadonlyMap<string, Feeder>,
    sources: readonly (CredentialSource | undefined)[],
    over: AbortController,
    wireFaults: WireFaults | undefined,
  ) {
    this.files = files
    this.feeders = feeders
    this.sources = sources
    this.over = over
    this.wireFaults = wireFaults
  }

  /** Opens the data files and the sources of credentials. Rejects with LocalError (a bad or missing file) or AuthError. */
  static async open(plan: Plan, context: ResourceContext): Promise<Resources> {
    const over = new AbortController()
    const feeders = new Map<string, Feeder>()
    for (const [name, spec] of Object.entries(plan.data)) {
      const random = createRandom(plan.seed, 'data', name)
      feeders.set(
        name,
        await openFeeder(spec, { baseDir: plan.baseDir, random, ...(plan.share && { share: plan.share }), signal: over.signal }),
      )
    }
    const sources = await Promise.all(plan.targets.map((target) => openSource(target, plan.baseDir, context, over.signal)))
    const traces = plan.phases.flatMap(({ load }) => (load.model === 'open' && load.trace ? [load.trace] : []))
    return new Resources([...feeders.values(), ...traces], feeders, sources, over, await WireFaults.open(plan))
  }

  /** Returns the source of credentials for a target's users; undefined when there is none, as for a fixed key in `auth:`. */
  credentials(target: number): CredentialSource | undefined {
    return this.sources[target]
  }

  /** Returns the next row of every data file, by the file's name in `data:`; a `RowsOver` when a file has no row left. @throws DataError */
  nextRows(user: number): Variables | RowsOver {
    const rows: Variables = {}
    for (const [name, feeder] of this.feeders) {
      const row = feeder.next(user)
      if (row === undefined) return { feeder: name, why: feeder.exhausted ?? 'no rows left', isFailure: feeder.onEnd === 'fail' }
      rows[name] = row
    }
    return rows
  }

  async close(): Promise<void> {
    this.over.abort()
    for (const file of this.files) file.close()
    await Promise.allSettled([...this.sources, this.wireFaults].map((one) => one?.close()))
  }
}

/**
 * Returns whether the data rows for a user's next iteration have run out. If so, `rows` names the file that has no row left; otherwise it holds the
 * next row of each file.
 */
export function isOver(rows: Variables | RowsOver): rows is RowsOver {
  return typeof rows.isFailure === 'boolean' && typeof rows.why === 'string'
}

/**
 * Opens the source from which a target's users get their credentials, such as a login server or a data file; undefined when the credentials are
 * written in the `auth:` block, or there are none.
 * @throws LocalError when a file that the block names cannot be read
 */
export function openSource(target: PlannedTarget, baseDir: string, context: ResourceContext, signal: AbortSignal) {
  const block = target.auth?.block
  if (!block || isStaticAuth(block)) return undefined
  const origin = context.mockOrigins.get(target.name)
  const { ca, rejectUnauthorized = true } = tlsConnectOptions(target.address.tls, baseDir)
  return openCredentials(block, {
    baseDir,
    signal,
    onSecret: context.onSecret,
    openRows: (file) => openTable(file, { baseDir }),
    resolveUrl: (url) => (origin !== undefined && url.startsWith('mock:') ? origin + url.slice('mock:'.length) : url),
    tls: { rejectUnauthorized, ...(ca === undefined ? {} : { ca: ca as string | Buffer | (string | Buffer)[] }) },
  })
}
