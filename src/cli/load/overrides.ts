import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { parseThreshold } from '../../metrics/threshold/threshold.ts'
import type { Override } from '../../scenario/layers/overrides.ts'
import { sloThresholds } from '../../scenario/layers/slo.ts'
import { member } from '../../scenario/schema/schema-walk.ts'
import { type JsonDraft, jsonOrText } from '../../text/json.ts'
import { parseCount, parseRate } from '../../text/units.ts'
import { configuredKeys } from '../config/find.ts'
import { note } from '../output/notes.ts'
import { healthEntry } from './beside/flags.ts'
import { priceOverrides } from './prices/overrides.ts'
import { PLAIN_FLAGS, type RunFlags, withUnit } from './run-flags.ts'
import { givenAs } from './variables.ts'

/** The names of the sources of values that the library commander sets itself. */
const OF_COMMANDER = new Set(['cli', 'env', 'default', 'implied'])

/** Describes, for a message, what has set the value of an option: "flag --rate", "env BURN_RATE", or the path of the configuration file. */
export function sourceOf(command: Command, name: string): string {
  const option = command.options.find((candidate) => candidate.attributeName() === name)
  const source = command.getOptionValueSource(name)
  if (source === 'config') return configuredKeys(command)?.file ?? source
  // For the runs of a suite, the source is the place in the suite's file.
  if (source !== undefined && !OF_COMMANDER.has(source)) return source
  return source === 'env' ? `env ${option?.envVar}` : `flag ${option?.long}`
}

/** Rejects `--protocol mixed`, which only the tool Stream Testbench has. @throws UsageError that says what to write instead */
export function checkOneProtocol({ protocol = '' }: RunFlags, command: Command): void {
  if (protocol.toLowerCase() !== 'mixed') return
  const hint =
    '`burn generate --type mixed` writes a file that drives WebSocket and MQTT side by side: put both addresses into it'
  throw new UsageError(`${givenAs(command, 'protocol', '--protocol', protocol)}: two protocols have an address each`, hint)
}

/**
 * Returns the changes that the configuration file makes to a scenario: a value for each key that the file has and the scenario lacks. `raw` is the
 * scenario as the user wrote it.
 */
export function configuredOverrides(command: Command, raw: JsonDraft): Override[] {
  const { file = '', scenario = {} } = configuredKeys(command) ?? {}
  const missing = Object.entries(scenario).filter(([key]) => raw[key] === undefined)
  return missing.map(([key, value]) => ({ path: [key], value: structuredClone(value), source: file }))
}

/** Returns the changes that flags and variables such as BURN_RATE make to a scenario; `raw` is the scenario as written. @throws UsageError */
export function overridesOf(flags: RunFlags, command: Command, raw: JsonDraft): Override[] {
  const from = (name: keyof RunFlags) => sourceOf(command, name)
  const simple: (readonly [keyof RunFlags, readonly string[], unknown])[] = [
    ...PLAIN_FLAGS.map(({ name, path }) => [name, path, flags[name]] as const),
    ['graceful', ['graceful'], flags.graceful === undefined ? undefined : withUnit('--graceful', flags.graceful, 's')],
    // Commander sets a switch such as --no-faults to true when it is not given.
    ['faults', ['faults'], flags.faults === false ? [] : undefined],
    ['observe', ['observe'], flags.observe && [...listOf(raw.observe), ...flags.observe]],
    [flags.monitorFrom ? 'monitorFrom' : 'monitor', ['monitor'], monitorsOf(flags, raw)],
    ['health', ['health'], flags.health && [...listOf(member(raw, 'health')), ...flags.health.map(healthEntry)]],
    ['message', ['steps'], flags.message?.map((message) => ({ message }))],
    [flags.threshold ? 'threshold' : 'slo', ['thresholds'], thresholdsOf(flags, raw)],
    ['maxCost', ['budget', 'cost'], ceilingOf(flags, command)],
    ['maxRequests', ['budget', 'requests'], flags.maxRequests],
    ['maxTokens', ['budget', 'tokens'], flags.maxTokens],
  ]
  const own = simple
    .filter(([, , value]) => value !== undefined)
    .map(([name, path, value]) => ({ path, value, source: from(name) }))
  const prices = priceOverrides(flags.prices, from('prices'), raw, flags.model)
  const all = [
    ...own,
    ...prices,
    ...requestOverrides(flags, from, raw),
    ...loadOverride(flags, command, raw),
    ...setOverrides(flags.set ?? []),
  ]
  checkOneTarget(all, raw)
  return all
}

/** Refuses changes of `target` in a scenario with several `targets`, because nobody knows which one is meant. @throws UsageError */
function checkOneTarget(changes: readonly Override[], { target, targets }: JsonDraft): void {
  if (target !== undefined || typeof targets !== 'object' || targets === null) return
  const change = changes.find(({ path }) => path[0] === 'target')
  const [first, ...more] = Object.keys(targets)
  if (change === undefined || first === undefined) return
  const key = change.path.slice(1).join('.')
  throw new UsageError(
    `${change.source} changes the target, and this scenario has ${more.length + 1}: ${[first, ...more].join(', ')}`,
    `name the one that you mean: --set targets.${first}.${key}=VALUE`,
  )
}

/**
 * Returns the changes that the flags for headers and TLS make to a scenario. Paths in these flags are relative to the working directory, not to the
 * scenario's folder.
 */
function requestOverrides(flags: RunFlags, from: (name: keyof RunFlags) => string, raw: JsonDraft): Override[] {
  const headers = (flags.header ?? []).map((line) => {
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/s.exec(line) ?? []
    if (name === undefined || FORBIDDEN.has(name))
      throw new UsageError(`--header ${JSON.stringify(line)}: expected a name, a colon and a value`, 'such as -H "x-tenant: a"')
    return { path: ['target', 'headers', name], value: value ?? '', source: from('header') }
  })
  const tls = (
    [
      ['insecure', 'insecure'],
      ['cacert', 'ca'],
      ['cert', 'cert'],
      ['key', 'key'],
    ] as const
  ).flatMap(([flag, key]) => {
    const value = flags[flag]
    if (value === undefined) return []
    noteIfPlain(from(flag), flags.endpoint ?? member(raw.target, 'url'))
    return [{ path: ['target', 'tls', key], value: typeof value === 'string' ? resolve(value) : value, source: from(flag) }]
  })
  return [...headers, ...tls]
}

/** Notes on stderr that a TLS flag has no effect, when the address of the target is one without TLS. */
function noteIfPlain(source: string, url: unknown): void {
  if (typeof url === 'string' && /^(?:http|ws|grpc|mqtt|tcp):\/\//i.test(url))
    note(`${source} does nothing: the address is ${url.slice(0, url.indexOf('/'))}//…, without TLS`)
}

/** Returns the amount of money that `--max-cost` allows; undefined without the flag. @throws UsageError */
function ceilingOf({ maxCost }: RunFlags, command: Command): number | undefined {
  if (maxCost === undefined) return undefined
  const parsed = parseThreshold(`cost sum <= ${maxCost}`)
  if (parsed.ok) return parsed.threshold.limit
  throw new UsageError(`${givenAs(command, 'maxCost', '--max-cost', maxCost)}: expected an amount of money, such as 5 or 0.20`)
}

/** Returns the thresholds of the scenario and those of `--slo` and `--threshold`; undefined when flags add none. */
function thresholdsOf({ slo, threshold }: RunFlags, raw: JsonDraft): unknown[] | undefined {
  if (slo === undefined && threshold === undefined) return undefined
  return [...list(raw.thresholds), ...(slo ? sloThresholds(slo) : []), ...(threshold ?? []).map(checkedThreshold)]
}

/**
 * Checks the text of a threshold flag and returns it unchanged. @throws UsageError that names the flag, because there is no line of a file to point
 * to
 */
function checkedThreshold(text: string): string {
  const parsed = parseThreshold(text)
  if (parsed.ok) return text
  throw new UsageError(`--threshold ${JSON.stringify(text)}: ${parsed.message}`, parsed.hint)
}

/**
 * Returns the value of `--max-error-rate`, the fraction of attempts that may fail (0 to 1), to be used in a threshold; undefined without the flag.
 * @throws UsageError for a wrong value, with a message that names the flag
 */
export function maxErrorRateOf({ maxErrorRate }: RunFlags, command: Command): string | undefined {
  if (maxErrorRate === undefined) return undefined
  const parsed = parseThreshold(`errors ratio <= ${maxErrorRate}`)
  if (parsed.ok) return maxErrorRate
  // The hint shows a whole threshold; this flag takes only its value.
  const hint = parsed.hint?.replace(/"errors ratio <= (.*)"/, '"$1"')
  throw new UsageError(`${givenAs(command, 'maxErrorRate', '--max-error-rate', maxErrorRate)}: ${parsed.message}`, hint)
}

/** Returns the watched machines of the scenario and those of the flags; undefined when no flag adds one. */
function monitorsOf({ monitor, monitorFrom = [] }: RunFlags, raw: unknown): unknown[] | undefined {
  if (monitor !== true && monitorFrom.length === 0) return undefined
  const own = listOf(member(raw, 'monitor')).filter((one) => one !== false)
  const isThere = own.some((one) => one === true || (typeof one === 'object' && member(one, 'from') === undefined))
  return [...own, ...(monitor === true && !isThere ? [true] : []), ...monitorFrom]
}

/** Returns a list unchanged, a single value as a list of one, and undefined as an empty list. */
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Parses settings such as `--set a.0.b=value` to changes of a scenario. A number in the path is an index of a list; the value is JSON or text.
 * @throws UsageError
 */
export function setOverrides(settings: readonly string[]): Override[] {
  return settings.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new UsageError(`--set ${text}: expected path=value`, 'such as --set target.timeouts.total=30s')
    const path = text
      .slice(0, at)
      .split('.')
      .map((key) => (/^\d+$/.test(key) ? Number(key) : key))
    if (path.some((key) => FORBIDDEN.has(String(key)))) throw new UsageError(`--set ${text}: this key is not allowed`)
    return { path, value: jsonOrText(text.slice(at + 1)), source: `flag --set ${text.slice(0, at)}` }
  })
}

/**
 * Returns the change that replaces the scenario's load by the single phase that -c, -r, -d and -n describe; values not given come from the scenario's
 * first measured phase.
 */
function loadOverride(flags: RunFlags, command: Command, raw: JsonDraft): Override[] {
  const names = (['connections', 'rate', 'duration', 'iterations'] as const).filter((name) => flags[name] !== undefined)
  checkRateScope(flags, command)
  if (names.length === 0) return []
  const phases = list(raw.load).filter((phase): phase is JsonDraft => typeof phase === 'object' && phase !== null)
  const base = phases.find((phase) => phase.warmup !== true) ?? {}
  const phase = phaseOf(flags, command, base)
  const whole = { path: ['load'], value: [phase], source: names.map((name) => sourceOf(command, name)).join(', ') }
  // The same change is made once more for each key, so that a problem with one key names only its own flag.
  const keys = { connections: ['users'], rate: ['rate', 'pace'], duration: ['for'], iterations: ['iterations'] } as const
  const single = names.flatMap((name) =>
    keys[name]
      .filter((key) => phase[key] !== undefined)
      .map((key) => ({ path: ['load', 0, key], value: phase[key], source: sourceOf(command, name) })),
  )
  return [whole, ...single]
}

/**
 * Refuses `--rate-scope` without a rate that it could apply to. Its variable is ignored then, because it may be set for other runs. @throws
 * UsageError
 */
function checkRateScope({ rateScope, rate, connections }: RunFlags, command: Command): void {
  if (command.getOptionValueSource('rateScope') !== 'cli') return
  if (rate !== undefined && (connections !== undefined || rateScope === 'total')) return
  throw new UsageError(
    `--rate-scope ${rateScope} means nothing without -r and -c`,
    '-c 10 -r 5: each of ten users, five times per second',
  )
}

function phaseOf(flags: RunFlags, command: Command, base: JsonDraft): JsonDraft {
  const duration = flags.duration === undefined ? undefined : withUnit('--duration', flags.duration, 's')
  const name = base.name === undefined ? {} : { name: base.name }
  const length = duration ?? base.for
  if (flags.iterations !== undefined) {
    const users = count(command, 'connections') ?? base.users ?? 1
    return {
      ...name,
      iterations: count(command, 'iterations'),
      users,
      ...(duration === undefined ? {} : { for: duration }),
      ...paceOf(flags, command),
    }
  }
  if (flags.connections !== undefined || (flags.rate === undefined && base.rate === undefined)) {
    const users = count(command, 'connections') ?? base.users ?? 1
    if (flags.connections === undefined && base.iterations !== undefined)
      return { ...base, ...(duration === undefined ? {} : { for: duration }) }
    return { ...pick(base, 'name', 'ramp', 'pace'), users, for: length ?? '60s', ...paceOf(flags, command) }
  }
  const rate = flags.rate === undefined ? base.rate : withUnit('--rate', flags.rate, '/s')
  return { ...pick(base, 'name', 'ramp', 'arrivals', 'maxUsers', 'whenFull'), rate, for: length ?? '60s' }
}

/**
 * Returns the pace of each user when both -c and -r are given: the rate divided by the number of connections or, with `--rate-scope connection`, the
 * whole rate.
 */
function paceOf(flags: RunFlags, command: Command): JsonDraft {
  if (flags.rate === undefined) return {}
  const rate = withUnit('--rate', flags.rate, '/s')
  if (flags.rateScope === 'connection') return { pace: rate }
  const perSecond = parseRate(rate)
  if (perSecond === undefined)
    throw new UsageError(`${givenAs(command, 'rate', '-r', flags.rate)}: expected a rate such as 20, 1k or 90/m`)
  return { pace: `${perSecond / (count(command, 'connections') ?? 1)}/s` }
}

const SHORT = { connections: '-c', iterations: '-n' } as const

function count(command: Command, name: keyof typeof SHORT): number | undefined {
  const text = command.opts<RunFlags>()[name]
  if (text === undefined) return undefined
  const count = parseCount(text, 1, Number.MAX_SAFE_INTEGER)
  if (count !== undefined) return count
  throw new UsageError(`${givenAs(command, name, SHORT[name], text)}: expected a whole number above zero, such as 50, 10k or 1e6`)
}

function pick(raw: JsonDraft, ...names: string[]): JsonDraft {
  return Object.fromEntries(names.filter((name) => raw[name] !== undefined).map((name) => [name, raw[name]]))
}
