/** What to write instead of a key of another tool, made from the values that stand in the file. */
import { shown } from '../read/source/finding.ts'
import { member } from '../schema/schema-walk.ts'

/** A scalar as it is written in YAML; `otherwise` when the value is none, or too long to repeat. */
export function scalar(value: unknown, otherwise: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || value === '' || value.length > 40) return otherwise
  return /^[\w][\w .%/-]*$/.test(value) ? value : JSON.stringify(value)
}

/** A text in quotes. */
export const quoted = (value: unknown, otherwise: string) =>
  typeof value === 'string' ? shown(value) : JSON.stringify(otherwise)

/** A time with its unit; `unit` is what a bare number counts. */
export function time(value: unknown, unit: 'ms' | 's', otherwise: string): string {
  return typeof value === 'number' ? `${value}${unit}` : scalar(value, otherwise)
}

/** A rate with its unit. */
export const rate = (value: unknown) => (typeof value === 'number' ? `${value}/s` : scalar(value, '5/s'))

const first = (owner: unknown, ...keys: string[]) => keys.map((key) => member(owner, key)).find((value) => value !== undefined)

const LENGTH = ['for', 'duration'] as const

/** A closed load from keys that stand side by side; `unit` is what a bare number in `duration` counts. */
export function closedLoad(owner: unknown): string {
  const users = scalar(first(owner, 'vus', 'users', 'concurrency', 'virtualUsers', 'connections'), '1')
  const repeats = first(owner, 'repetitions', 'iterations')
  if (repeats !== undefined) return `load: [ { iterationsPerUser: ${scalar(repeats, '3')}, users: ${users} } ]`
  return `load: [ { users: ${users}, for: ${time(first(owner, ...LENGTH), 's', '1m')} } ]`
}

/** An open load from keys that stand side by side. */
export function openLoad(owner: unknown): string {
  const arrivals = rate(first(owner, 'arrivalRate', 'rate', 'rps', 'requestsPerSecond', 'qps'))
  return `load: [ { rate: ${arrivals}, for: ${time(first(owner, ...LENGTH), 's', '1m')} } ]`
}

/** Stages of k6: each a phase that leads to a number of users. */
export function stagedLoad(stages: unknown): string {
  const stage = Array.isArray(stages) ? stages[0] : undefined
  const users = scalar(member(stage, 'target'), '10')
  return `load: [ { users: { to: ${users} }, for: ${time(member(stage, 'duration'), 's', '1m')} } ], a phase for each stage`
}

/** Phases of Artillery. */
export const phasedLoad = (phases: unknown) =>
  `${openLoad(Array.isArray(phases) ? phases[0] : undefined)}, an entry for each phase`

/** A message of other tools, whose text stands in a key of its own. */
export function message(owner: unknown): string {
  const text =
    first(owner, 'content', 'text', 'prompt', 'send', 'say', 'user', 'input') ?? member(member(owner, 'config'), 'content')
  return `message: ${quoted(text, 'Hello')}`
}

/** A step of older files, told by its type. */
export function typedStep(owner: unknown): string {
  const type = member(owner, 'type')
  if (type === 'delay' || type === 'wait') return `delay: ${time(first(owner, 'durationMs', 'duration', 'ms'), 'ms', '500ms')}`
  if (type === 'loop') return `loop: { times: ${scalar(first(owner, 'iterations', 'times', 'count'), '3')}, steps: [ … ] }`
  if (type === 'conditional' || type === 'if' || type === 'condition')
    return `if: ${quoted(member(owner, 'condition'), 'reply.text.contains("yes")')}, with then: [ … ] beside it`
  return message(owner)
}

/** Think time between two bounds. */
export function delayRange(owner: unknown): string {
  return `delay: ${time(first(owner, 'min', 'minMs'), 'ms', '1s')}..${time(first(owner, 'max', 'maxMs'), 'ms', '3s')}`
}

/** Captures of older files: a path by name. */
export function captures(value: unknown): string {
  const [name, path] = Object.entries(typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {})[0] ?? []
  return typeof path === 'string' ? `capture: { ${name}: ${path} }` : 'capture: { id: $.id }'
}

/** A request of other tools, whose method is a key of its own: `get: /orders`, `post: { url: /orders, json: … }`. */
export function httpRequest(method: unknown, value: unknown): string {
  const path = scalar(typeof value === 'string' ? value : first(value, 'path', 'url', 'uri'), '/orders')
  return `request: { method: ${scalar(method, 'GET').toUpperCase()}, path: ${path} }`
}
