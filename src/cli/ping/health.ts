import { credentialsOf, isStaticAuth } from '../../auth/index.ts'
import type { TargetAddress } from '../../connectors/wire/connector.ts'
import { sideAccess } from '../../engine/watch/index.ts'
import { HealthWatch } from '../../observe/health/health-watch.ts'
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'
import { formatMs } from '../../text/units.ts'

const ignored = { opened() {}, openFailed() {}, lost() {}, reconnected() {}, closed() {} }

/**
 * Asks each target for its health, if its protocol has a way to ask (gRPC), and returns a line of text for each answer. When asking fails, the line
 * says so.
 */
export async function healthOf(plan: Plan, mockOrigins: ReadonlyMap<string, string>, signal: AbortSignal): Promise<string[]> {
  const lines: string[] = []
  for (const target of plan.targets) {
    const address = addressOf(target, mockOrigins.get(target.name))
    if (!target.connector.health || !address) continue
    const context = {
      address,
      signal: AbortSignal.any([signal, AbortSignal.timeout(target.timeouts.connect)]),
      events: ignored,
      baseDir: plan.baseDir,
      userId: 0,
      seed: 'ping',
      localAddresses: target.localAddresses,
    }
    const said = await target.connector
      .health(target.options, context)
      .catch((error: unknown) => `unknown (${error instanceof Error ? error.message : String(error)})`)
    lines.push(`${target.name}: ${said}`)
  }
  return lines
}

/**
 * Makes each health check of a scenario once, within its own time-out and within `timeoutMs`. Returns a line of text for each, and whether all
 * succeeded. When `signal` aborts, the checks still in progress get no line.
 */
export async function checkHealth(
  { health, baseDir }: Pick<Plan, 'health' | 'baseDir'>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ lines: string[]; isWell: boolean }> {
  const found = await Promise.all(
    health.map(async (check) => {
      const timeout = Math.min(check.timeout, timeoutMs)
      const watch = new HealthWatch({ ...check, timeout }, sideAccess(check.url, check, baseDir))
      const cancel = () => watch.cancel()
      signal.addEventListener('abort', cancel)
      await watch.begin()
      signal.removeEventListener('abort', cancel)
      await watch.close()
      return watch.read()
    }),
  )
  const lines = found.flatMap(({ name, before }) =>
    before === null ? [] : [`${name}: ${before.error ?? `up, answered in ${formatMs(before.ms)}`}`],
  )
  return { lines, isWell: found.every(({ before }) => before?.ok === true) }
}

/** Returns the address of a target when it is the same for every user; undefined when it depends on data. */
function addressOf(
  { url, headers, query, auth, address }: PlannedTarget,
  mockOrigin: string | undefined,
): TargetAddress | undefined {
  const fixed = [url, headers, query, auth?.tree].every((part) => part?.static ?? true)
  if (!fixed || (auth && !isStaticAuth(auth.block))) return undefined
  const credentials = auth ? credentialsOf(auth.block) : { headers: {}, query: {} }
  const text = url.render({})
  return {
    url: mockOrigin !== undefined && text.startsWith('mock:') ? mockOrigin + text.slice('mock:'.length) : text,
    // The cast is safe: the schema allows only texts in both records.
    headers: { ...(headers.render({}) as Record<string, string>), ...credentials.headers },
    query: { ...(query.render({}) as Record<string, string>), ...credentials.query },
    tls: address.tls,
  }
}
