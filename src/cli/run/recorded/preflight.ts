import { now } from '../../../clock.ts'
import { allSchemes } from '../../../connectors/index.ts'
import { type DialPlan, dial } from '../../../connectors/wire/dial.ts'
import { type DnsOptions, spreadOf } from '../../../connectors/wire/dns.ts'
import { missingAddresses } from '../../../connectors/wire/local/missing.ts'
import type { HttpProxy } from '../../../connectors/wire/proxy.ts'
import type { Exit } from '../../../engine/outcome/verdict.ts'
import type { Control } from '../../../engine/schedule/control.ts'
import { tryLogins } from '../../../engine/try-logins.ts'
import { EXIT, TargetError } from '../../../errors.ts'
import { machineLimits } from '../../../machine.ts'
import type { Plan, PlannedTarget } from '../../../scenario/compile/plan.ts'
import { partOf, type Share, WHOLE } from '../../../statistics/parts/share.ts'
import { hostOf } from '../../../text/host.ts'
import { shortages } from '../../plan/needs.ts'

/**
 * How the load is divided: the number of processes on this machine, and the share of the plan that they make together (undefined for the whole plan).
 */
interface Makers {
  readonly workers: number
  readonly share: Share | undefined
}

const TRIES = 3
const BETWEEN_MS = 300

/** Options of a protocol that change how its target is reached: name resolution and Unix socket. */
interface ReachOptions {
  readonly dns?: DnsOptions | undefined
  readonly unixSocket?: string | undefined
}

/**
 * Checks before the load begins that the run is possible: it opens a connection to each target and tries the logins. Targets whose addresses contain
 * templates are not connected to. Returns undefined when the run can begin; otherwise the exit code and the reason, such as a failed connection, a
 * source address that this machine does not have, or more connections than it can keep open.
 */
export async function tryTargets(
  plan: Plan,
  control: Control,
  makers: Makers,
  onSecret: (value: string) => void,
): Promise<Exit | undefined> {
  const why = await surelyLacks(plan, makers)
  if (why !== undefined) return { code: EXIT.couldNotTest, why }
  const stopped = new AbortController()
  const unsubscribe = control.onChange(() => stopped.abort())
  try {
    for (const target of plan.targets) {
      const { localAddresses } = target
      const missing = await missingAddresses(localAddresses ?? [])
      if (missing.length > 0) return { code: EXIT.couldNotTest, why: missingText(target.name, missing) }
      const to = dialPlanOf(target)
      if (to) await preflight({ ...to, localAddresses }, target.timeouts.connect, stopped.signal)
    }
    await tryLogins(plan, { onSecret, signal: stopped.signal })
    return undefined
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return { code: EXIT.couldNotTest, why: error.message }
  } finally {
    unsubscribe()
  }
}

/**
 * Returns why this machine certainly cannot hold the connections of a plan: too few open files or local ports. This is known in advance only for
 * connections that all users of a closed phase keep open to a single target; undefined otherwise. Users with a number of iterations may end before
 * others begin, and a condition may keep users from sending at all.
 */
async function surelyLacks(
  { targets, flows, phases, exchanges, wireFaults }: Plan,
  { workers, share = WHOLE }: Makers,
): Promise<string | undefined> {
  const [target, ...others] = targets
  const isKept = target?.connector.lasting && (target.options as { connection?: unknown }).connection !== 'new'
  const mayLeave = exchanges.some((step) => step.kind === 'request' && step.leaves)
  const allSend = flows.every(({ steps }) => steps.some(({ kind }) => kind === 'message' || kind === 'request'))
  if (!isKept || mayLeave || !allSend || others.length > 0 || flows.length > 1) return undefined
  const users = phases.map(({ load }) => (load.model === 'closed' && !isCounted(load) ? load.maxUsers : 0))
  const most = partOf(Math.max(...users), share)
  const lack = (remotes = 1) => shortages({ targets, wireFaults }, most, machineLimits(), { processes: workers, remotes })[0]
  const found = lack() === undefined ? undefined : lack(await remotesOf(target))
  return found && `${found}; --no-preflight starts the load all the same`
}

interface IterationLimits {
  readonly sharedIterations?: number | undefined
  readonly iterationsPerUser?: number | undefined
}

const isCounted = ({ sharedIterations, iterationsPerUser }: IterationLimits) =>
  (sharedIterations ?? iterationsPerUser) !== undefined

/** Returns how many addresses of a target its connections are spread over; Infinity when its URL is known only during the run. */
async function remotesOf(target: PlannedTarget): Promise<number> {
  if (target.mock !== undefined) return 1
  const to = dialPlanOf(target)
  return to ? spreadOf(to.host, to.dns) : Number.POSITIVE_INFINITY
}

/** Returns how to connect to a target, or to the proxy before it; undefined when the address is known only during the run. */
function dialPlanOf({ url, mock, options, connector }: PlannedTarget): DialPlan | undefined {
  if (!url.static || mock !== undefined) return undefined
  const text = url.render({})
  // The cast is safe: these keys have the same meaning in every protocol's options.
  return planOf(text, (options ?? {}) as ReachOptions, connector.proxy?.(options, text))
}

function missingText(target: string, [first = '', ...others]: readonly string[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return `${target}: localAddresses lists ${first}${more}, which this machine does not have: add what is missing (ip address add), or correct the list`
}

/**
 * Connects to a target, or to the proxy before it, in the same way as the run will. Resolves when the connection is accepted or `stopped` aborts.
 * @throws TargetError
 */
async function preflight(plan: DialPlan, timeoutMs: number, stopped: AbortSignal): Promise<void> {
  const until = now() + timeoutMs
  for (let attempt = 1; ; attempt += 1) {
    const error = await tryOnce(plan, Math.max(1, until - now()), stopped)
    if (!error || stopped.aborted) return
    if (attempt === TRIES || now() + BETWEEN_MS >= until) throw error
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
  }
}

/** Returns how to connect to a URL, directly or through a proxy; undefined when its port is not known. */
function planOf(url: string, { dns = {}, unixSocket }: ReachOptions, proxy: HttpProxy | undefined): DialPlan | undefined {
  if (proxy) return { host: proxy.host, port: proxy.port, dns }
  if (!URL.canParse(url)) return undefined
  const address = new URL(url)
  const port = address.port === '' ? allSchemes()[address.protocol]?.port : Number(address.port)
  return port ? { host: hostOf(address), port, dns, unixSocket } : undefined
}

function tryOnce(plan: DialPlan, timeoutMs: number, stopped: AbortSignal): Promise<TargetError | undefined> {
  if (stopped.aborted) return Promise.resolve(undefined)
  const place = plan.unixSocket ?? `${plan.host}:${plan.port}`
  return new Promise((resolve) => {
    const end = (error?: TargetError) => {
      clearTimeout(timer)
      stopped.removeEventListener('abort', abandon)
      dialling.destroy()
      resolve(error)
    }
    const abandon = () => end()
    stopped.addEventListener('abort', abandon)
    const timer = setTimeout(
      () => end(new TargetError('connect_timeout', 'connect', `no connection to ${place} in time`)),
      timeoutMs,
    )
    const dialling = dial(plan, {
      connected(socket) {
        socket.on('error', () => {}).destroy()
        end()
      },
      failed: (failure) => end(new TargetError(failure.class, failure.phase, `cannot reach ${place}: ${failure.message}`)),
    })
  })
}
