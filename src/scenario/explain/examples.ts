/** Makes examples of what to write instead of a key of another tool, from the values in the file. */
import { shown } from '../read/source/finding.ts'
import { member } from '../schema/schema-walk.ts'

/**
 * Formats a number, text or boolean as YAML, for an example in an error message about a scenario. Returns `otherwise` for any other value, for an
 * empty text, and for one of more than 40 characters.
 */
export function scalar(value: unknown, otherwise: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || value === '' || value.length > 40) return otherwise
  return /^[\w][\w .%/-]*$/.test(value) ? value : JSON.stringify(value)
}

/** Puts a text in quotes, for an example in an error message about a scenario. If `value` is no text, `otherwise` is used in its place. */
export const quoted = (value: unknown, otherwise: string) =>
  typeof value === 'string' ? shown(value) : JSON.stringify(otherwise)

/**
 * Formats a duration, for an example in an error message about a scenario. A plain number gets the unit `unit`; any other value is formatted by
 * `scalar`, which returns `otherwise` for what it cannot show.
 */
export function time(value: unknown, unit: 'ms' | 's', otherwise: string): string {
  return typeof value === 'number' ? `${value}${unit}` : scalar(value, otherwise)
}

/**
 * Formats a rate with its unit, for an example in an error message about a scenario: the number 20 becomes `20/s`. A value that cannot be shown
 * becomes `5/s`.
 */
export const rate = (value: unknown) => (typeof value === 'number' ? `${value}/s` : scalar(value, '5/s'))

const first = (owner: unknown, ...keys: string[]) => keys.map((key) => member(owner, key)).find((value) => value !== undefined)

const LENGTH = ['for', 'duration'] as const

/**
 * Returns an example of a `load` with a number of users, for the hint of an error message about a scenario. `owner` is a map with keys of other
 * tools, such as `vus`, from which the values of the example come.
 */
export function closedLoad(owner: unknown): string {
  const users = scalar(first(owner, 'vus', 'users', 'concurrency', 'virtualUsers', 'connections'), '1')
  const repeats = first(owner, 'repetitions', 'iterations')
  if (repeats !== undefined) return `load: [ { iterationsPerUser: ${scalar(repeats, '3')}, users: ${users} } ]`
  return `load: [ { users: ${users}, for: ${time(first(owner, ...LENGTH), 's', '1m')} } ]`
}

/**
 * Returns an example of a `load` with an arrival rate, for the hint of an error message about a scenario. `owner` is a map with keys of other tools,
 * such as `rps`, from which the values of the example come.
 */
export function openLoad(owner: unknown): string {
  const arrivals = rate(first(owner, 'arrivalRate', 'rate', 'rps', 'requestsPerSecond', 'qps'))
  return `load: [ { rate: ${arrivals}, for: ${time(first(owner, ...LENGTH), 's', '1m')} } ]`
}

/**
 * Returns an example of a ramp, such as `rate: { from: 5/s, to: 20/s }`, for the hint of an error message about a scenario. `owner` is a phase that
 * has `from` or `to` in the wrong place: next to `rate` or `users` in place of inside it.
 */
export function ramp(owner: unknown): string {
  const [key, plain] = member(owner, 'rate') === undefined ? (['users', '10'] as const) : (['rate', '20/s'] as const)
  const level = scalar(member(owner, key), plain)
  const from = member(owner, 'from')
  const start = from === undefined ? level : scalar(from, level)
  return `${key}: { from: ${start}, to: ${scalar(member(owner, 'to'), from === undefined ? plain : level)} }`
}

/**
 * Returns an example of a `load` with a ramp, for the hint of an error message about a scenario. Its values come from the first entry of `stages`, a
 * key of scripts for k6.
 */
export function stagedLoad(stages: unknown): string {
  const stage = Array.isArray(stages) ? stages[0] : undefined
  const users = scalar(member(stage, 'target'), '10')
  return `load: [ { users: { to: ${users} }, for: ${time(member(stage, 'duration'), 's', '1m')} } ], a phase for each stage`
}

/**
 * Returns an example of a `load`, for the hint of an error message about a scenario that has `phases`, as Artillery scripts do. Its rate and duration
 * come from the first of the phases.
 */
export const phasedLoad = (phases: unknown) =>
  `${openLoad(Array.isArray(phases) ? phases[0] : undefined)}, an entry for each phase`

/**
 * Returns an example of a `message` step, for the hint of an error message about a scenario. `owner` is a message as other tools write it: a map
 * with the text under a key such as `content`.
 */
export function message(owner: unknown): string {
  const text =
    first(owner, 'content', 'text', 'prompt', 'send', 'say', 'user', 'input') ?? member(member(owner, 'config'), 'content')
  return `message: ${quoted(text, 'Hello')}`
}

/**
 * Returns an example of a step, for the hint of an error message about a scenario. `owner` is a step as older files have it: a map with the key
 * `type`, such as `type: delay`.
 */
export function typedStep(owner: unknown): string {
  const type = member(owner, 'type')
  if (type === 'delay' || type === 'wait') return `delay: ${time(first(owner, 'durationMs', 'duration', 'ms'), 'ms', '500ms')}`
  if (type === 'loop') return `loop: { times: ${scalar(first(owner, 'iterations', 'times', 'count'), '3')}, steps: [ … ] }`
  if (type === 'conditional' || type === 'if' || type === 'condition')
    return `if: ${quoted(member(owner, 'condition'), 'reply.text.contains("yes")')}, with then: [ … ] beside it`
  return message(owner)
}

/**
 * Returns an example of a `delay` with a smallest and a largest think time, for the hint of an error message about a scenario. Both times come from
 * keys of the map `owner`, such as `min` and `max`.
 */
export function delayRange(owner: unknown): string {
  return `delay: ${time(first(owner, 'min', 'minMs'), 'ms', '1s')}..${time(first(owner, 'max', 'maxMs'), 'ms', '3s')}`
}

/**
 * Returns an example of a `capture` block, for the hint of an error message about a scenario. It is made from the first entry of `value`, the block
 * of an older scenario file (a map of names to JSONPaths); for any other value, it is a fixed example.
 */
export function captures(value: unknown): string {
  const [name, path] = Object.entries(typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {})[0] ?? []
  return typeof path === 'string' ? `capture: { ${name}: ${path} }` : 'capture: { id: $.id }'
}

/**
 * Returns an example of a `request` step, for the hint of an error message about a scenario, from another tool's key and value, such as `get:
 * /orders` or `post: { url: /orders }`.
 */
export function httpRequest(method: unknown, value: unknown): string {
  const path = scalar(typeof value === 'string' ? value : first(value, 'path', 'url', 'uri'), '/orders')
  return `request: { method: ${scalar(method, 'GET').toUpperCase()}, path: ${path} }`
}
