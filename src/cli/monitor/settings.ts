/** Turns the flags of `burn monitor` into settings: what is watched, for how long, and within which bounds. */
import { sideAccess } from '../../engine/watch/index.ts'
import { UsageError } from '../../errors.ts'
import { isPlainAddress } from '../../observe/asking/access.ts'
import { HealthWatch } from '../../observe/health/health-watch.ts'
import { type HealthCheck, healthChecksSchema } from '../../observe/health/schema.ts'
import { ExporterMachine } from '../../observe/machine/exporter.ts'
import { LocalMachine } from '../../observe/machine/local.ts'
import { MachineWatch } from '../../observe/machine/machine-watch.ts'
import { isSecretName, withoutSecrets } from '../../text/secrets.ts'
import { parseDuration, parsePercent } from '../../text/units.ts'
import { healthEntry } from '../load/beside/flags.ts'
import { withUnit } from '../load/run-flags.ts'
import { keepSecret } from '../output/known-secrets.ts'
import type { MonitorLimits } from './limits.ts'
import type { Watched } from './moment.ts'

/** The values of the flags of `burn monitor`, as the user typed them. */
export interface MonitorFlags {
  readonly duration: string
  readonly interval: string
  readonly from?: string
  readonly fromHeader?: string[]
  readonly ca?: string
  readonly insecure?: boolean
  readonly process?: string[]
  readonly health?: string[]
  readonly maxCpu?: string
  readonly maxMemory?: string
  readonly minAvailability?: string
  readonly out?: string
  readonly overwrite?: boolean
  readonly json?: boolean
  readonly color?: boolean
  readonly quiet?: boolean
}

/** The settings of `burn monitor`: which machine and health checks, how long, at which interval, and the limits for CPU, memory and availability. */
export interface MonitorSettings extends Watched {
  readonly lengthMs: number
  readonly everyMs: number
  readonly limits: MonitorLimits
}

/** Returns the settings that the flags of `burn monitor` describe. @throws UsageError */
export function settingsOf(flags: MonitorFlags): MonitorSettings {
  const lengthMs = duration('--duration', flags.duration)
  const everyMs = duration('--interval', flags.interval)
  if (everyMs < 200 || everyMs > lengthMs)
    throw new UsageError(`--interval ${flags.interval}: expected 200ms to the duration, ${flags.duration}`)
  const health = checksOf(flags.health ?? []).map(
    (check) => new HealthWatch({ ...check, every: everyMs }, sideAccess(check.url, { tls: tlsOf(flags) }, process.cwd())),
  )
  return { lengthMs, everyMs, limits: limitsOf(flags), health, machine: new MachineWatch(sourceOf(flags), everyMs) }
}

const tlsOf = ({ ca, insecure }: MonitorFlags) => ({ ca, insecure })

function sourceOf(flags: MonitorFlags) {
  const { from, fromHeader = [], process: processes = [] } = flags
  if (from === undefined) {
    if (fromHeader.length > 0) throw new UsageError('--from-header: there is no --from to send it to')
    return new LocalMachine(processes)
  }
  if (processes.length > 0)
    throw new UsageError(
      '--process: a node-exporter does not tell of processes',
      'leave out --from to watch those of this machine',
    )
  const url = from === '' || /^https?:/i.test(from) ? from : `http://${from}`
  if (!isPlainAddress(url))
    throw new UsageError(
      `--from ${withoutSecrets(from)}: expected the address of a node-exporter`,
      'such as http://db-1:9100/metrics; credentials go into --from-header',
    )
  const { pathname } = new URL(url)
  const access = { headers: Object.fromEntries(fromHeader.map(headerOf)), tls: tlsOf(flags) }
  return new ExporterMachine(pathname === '/' ? new URL('/metrics', url).href : url, sideAccess(url, access, process.cwd()))
}

function headerOf(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new UsageError('--from-header: expected "name: value"')
  if (isSecretName(name)) keepSecret([value, value.replace(/^(?:Bearer|Basic|Token)\s+/i, '')])
  return [name.toLowerCase(), value]
}

/** Reads the health checks of `--health`: each is `name=http://…` or only an address. @throws UsageError */
function checksOf(texts: readonly string[]): HealthCheck[] {
  const read = healthChecksSchema.safeParse(texts.map(healthEntry))
  if (read.success) return read.data
  const [issue] = read.error.issues
  const [at] = issue?.path ?? []
  throw new UsageError(
    `--health ${withoutSecrets(texts[Number(at ?? 0)] ?? '')}: expected an address of http or https without a user in it`,
    'such as --health api=http://127.0.0.1:8080/health',
  )
}

function duration(flag: string, text: string): number {
  const ms = parseDuration(withUnit(flag, text, 's'))
  if (ms === undefined || ms <= 0) throw new UsageError(`${flag} ${text}: expected a duration such as 30s or 5m`)
  return ms
}

function limitsOf({ maxCpu, maxMemory, minAvailability }: MonitorFlags): MonitorLimits {
  const given = { maxCpu, maxMemory, minAvailability }
  const asked = (Object.keys(given) as (keyof typeof given)[]).filter((name) => given[name] !== undefined)
  return {
    maxCpu: share('--max-cpu', maxCpu ?? '80%'),
    maxMemory: share('--max-memory', maxMemory ?? '80%'),
    minAvailability: share('--min-availability', minAvailability ?? '95%'),
    asked: new Set(asked),
  }
}

function share(flag: string, text: string): number {
  const value = parsePercent(withUnit(flag, text, '%'))
  if (value === undefined || value < 0 || value > 1) throw new UsageError(`${flag} ${text}: expected a percentage such as 80%`)
  return value
}
