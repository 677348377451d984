/** What to write instead of a key of another tool, made from the values that stand in the file. */
import { shown } from '../read/source/finding.ts'
import { member } from '../schema/schema-walk.ts'

/** Formats a scalar as YAML, for an example in a message; returns `otherwise` when the value is no scalar or is too long to repeat. */
export function scalar(value: unknown, otherwise: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || value === '' || value.length > 40) return otherwise
  return /^[\w][\w .%/-]*$/.test(value) ? value : JSON.stringify(value)
}

/** Formats a text in quotes, for an example in a message; `otherwise` in quotes when the value is no text. */
export const quoted = (value: unknown, otherwise: string) =>
  typeof value === 'string' ? shown(value) : JSON.stringify(otherwise)

/** Formats a duration with its unit, for an example in a message. `unit` is that of a plain number; `otherwise` is returned when the value is neither. */
export function time(value: unknown, unit: 'ms' | 's', otherwise: string): string {
  return typeof value === 'number' ? `${value}${unit}` : scalar(value, otherwise)
}

/** Formats a rate with its unit, such as `5/s`, for an example in a message. */
export const rate = (value: unknown) => (typeof value === 'number' ? `${value}/s` : scalar(value, '5/s'))

const first = (owner: unknown, ...keys: string[]) => keys.map((key) => member(owner, key)).find((value) => value !== undefined)

const LENGTH = ['for', 'duration'] as const

/** Suggests a `load` with a number of users, from keys such as `users` and `duration` that stand in `owner` itself. */
export function closedLoad(owner: unknown): string {
  const users = scalar(first(owner, 'vus', 'users', 'concurrency', 'virtualUsers', 'connections'), '1')
  const repeats = first(owner, 'repetitions', 'iterations')
  if (repeats !== undefined) return `load: [ { iterationsPerUser: ${scalar(repeats, '3')}, users: ${users} } ]`
  return `load: [ { users: ${users}, for: ${time(first(owner, ...LENGTH), 's', '1m')} } ]`
}

/** Suggests a `load` with an arrival rate, from keys such as `rate` and `duration` that stand in `owner` itself. */
export function openLoad(owner: unknown): string {
  const arrivals = rate(first(owner, 'arrivalRate', 'rate', 'rps', 'requestsPerSecond', 'qps'))
  return `load: [ { rate: ${arrivals}, for: ${time(first(owner, ...LENGTH), 's', '1m')} } ]`
}

/** Suggests the ramp of a phase whose `from` and `to` stand beside its `rate` or `users`, as in `{ rate: 20/s, from: 5/s }`. */
export function ramp(owner: unknown): string {
  const [key, plain] = member(owner, 'rate') === undefined ? (['users', '10'] as const) : (['rate', '20/s'] as const)
  const level = scalar(member(owner, key), plain)
  const from = member(owner, 'from')
  const start = from === undefined ? level : scalar(from, level)
  return `${key}: { from: ${start}, to: ${scalar(member(owner, 'to'), from === undefined ? plain : level)} }`
}

/** Suggests a `load` with a ramp, in place of k6's `stages`. */
export function stagedLoad(stages: unknown): string {
  const stage = Array.isArray(stages) ? stages[0] : undefined
  const users = scalar(member(stage, 'target'), '10')
  return `load: [ { users: { to: ${users} }, for: ${time(member(stage, 'duration'), 's', '1m')} } ], a phase for each stage`
}

/** Suggests a `load` for Artillery's `phases`. */
export const phasedLoad = (phases: unknown) =>
  `${openLoad(Array.isArray(phases) ? phases[0] : undefined)}, an entry for each phase`

/** Suggests a `message` step for `owner`, a message as another tool writes it: a map with the text under a key such as `content`. */
export function message(owner: unknown): string {
  const text =
    first(owner, 'content', 'text', 'prompt', 'send', 'say', 'user', 'input') ?? member(member(owner, 'config'), 'content')
  return `message: ${quoted(text, 'Hello')}`
}

/** Suggests a step for one of older files, which have its kind in the key `type`. */
export function typedStep(owner: unknown): string {
  const type = member(owner, 'type')
  if (type === 'delay' || type === 'wait') return `delay: ${time(first(owner, 'durationMs', 'duration', 'ms'), 'ms', '500ms')}`
  if (type === 'loop') return `loop: { times: ${scalar(first(owner, 'iterations', 'times', 'count'), '3')}, steps: [ … ] }`
  if (type === 'conditional' || type === 'if' || type === 'condition')
    return `if: ${quoted(member(owner, 'condition'), 'reply.text.contains("yes")')}, with then: [ … ] beside it`
  return message(owner)
}

/** Suggests a `delay` between a smallest and a largest think time. */
export function delayRange(owner: unknown): string {
  return `delay: ${time(first(owner, 'min', 'minMs'), 'ms', '1s')}..${time(first(owner, 'max', 'maxMs'), 'ms', '3s')}`
}

/** Suggests a `capture` block for one of older files, which map a name to a path. */
export function captures(value: unknown): string {
  const [name, path] = Object.entries(typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {})[0] ?? []
  return typeof path === 'string' ? `capture: { ${name}: ${path} }` : 'capture: { id: $.id }'
}

/** Suggests a `request` step for one of another tool, where the HTTP method is a key: `get: /orders`, `post: { url: /orders, json: … }`. */
export function httpRequest(method: unknown, value: unknown): string {
  const path = scalar(typeof value === 'string' ? value : first(value, 'path', 'url', 'uri'), '/orders')
  return `request: { method: ${scalar(method, 'GET').toUpperCase()}, path: ${path} }`
}
