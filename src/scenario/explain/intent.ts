/** Makes a whole example of what to write in place of a value of the wrong form, judging by where the value stands. */
import { nearest } from '../../language/suggest.ts'
import { isMap } from '../../text/json.ts'
import { parseDuration } from '../../text/units.ts'
import { E_ENUM } from '../problems/values/E_ENUM.ts'
import { E_MISSING_KEY } from '../problems/values/E_MISSING_KEY.ts'
import { E_TYPE } from '../problems/values/E_TYPE.ts'
import { E_UNION } from '../problems/values/E_UNION.ts'
import { E_UNIT } from '../problems/values/E_UNIT.ts'
import type { Finding } from '../read/source/finding.ts'
import { member, valueAt } from '../schema/schema-walk.ts'
import { closedLoad, openLoad, quoted, scalar, stagedLoad } from './examples.ts'
import { genericPath } from './places.ts'

interface Intent {
  /** A pattern for the path of the finding, with `[]` in place of list indexes. */
  readonly at: RegExp
  /** Returns an example of what to write; undefined when the value does not suggest one. `owner` is the map that contains the value. */
  readonly example: (value: unknown, owner: unknown) => string | undefined
}

const isText = (value: unknown): value is string => typeof value === 'string'
const RATE_WORDS =
  /^\s*(\d+(?:\.\d+)?)\s*(?:(?:r|q|t|req|requests?|messages?|msgs?)?\s*(?:\/|per|p)\s*)(s|sec|seconds?|m|min|minutes?|h|hours?)\s*$/i

/** Converts a rate such as "20rps", "20 per second" or "1200rpm" to burn's notation; undefined for other texts. */
function rateExample(value: unknown): string | undefined {
  const [, count, unit = ''] = (isText(value) && RATE_WORDS.exec(value)) || []
  return count === undefined ? undefined : `${count}/${unit[0]?.toLowerCase()}`
}

function delayExample(value: unknown): string | undefined {
  if (typeof value === 'number') return `"${value}s"`
  return isText(value) && parseDuration(`${value}s`) !== undefined ? `"${value}s"` : undefined
}

/** Returns an example of an `auth` block, in which the user's secret is never shown. */
function authExample(auth: unknown): string | undefined {
  const has = (...keys: string[]) => keys.some((key) => member(auth, key) !== undefined)
  const text = isText(auth) ? auth : ''
  if (/^basic\b/i.test(text) || has('basic', 'user', 'username', 'password'))
    return '{ type: basic, username: "…", password: "${env.API_PASSWORD}" }'
  if (has('apiKey', 'api_key', 'api-key', 'key')) return '{ type: apiKey, key: "${env.API_KEY}" }'
  if (text !== '' || has('bearer', 'token', 'bearerToken', 'accessToken')) return '{ type: bearer, token: "${env.API_TOKEN}" }'
  return undefined
}

/**
 * Returns an example of a `headers` block for headers written as a list or as one text, such as `X-A: b`. Values may be secrets, so only names are
 * shown.
 */
function headersExample(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  const name = isText(first) ? /^\s*([\w-]+)\s*[:=]/.exec(first)?.[1] : (member(first, 'name') ?? member(first, 'key'))
  if (isText(name) && /^[\w-]{1,60}$/.test(name)) return `{ ${name}: … }`
  return Array.isArray(value) ? '{ X-Name: value }' : undefined
}

/** Returns an example of `load` for a map: one with keys of another tool, or a phase that is not in a list. */
function loadExample(load: unknown): string | undefined {
  if (!isMap(load)) return undefined
  if (member(load, 'stages') !== undefined) return stagedLoad(member(load, 'stages'))
  if (member(load, 'phases') !== undefined) return undefined
  const open = ['rate', 'rps', 'qps', 'arrivalRate', 'requestsPerSecond'].some((key) => member(load, key) !== undefined)
  return open ? openLoad(load) : closedLoad(load)
}

/** Returns an example of a check for one written as a single text: "status: 200". */
function checkExample(value: unknown): string | undefined {
  const [, name, rest] = (isText(value) && /^\s*([\w-]{2,30})\s*[:=]\s*(\S.{0,60})$/.exec(value)) || []
  return name === undefined ? undefined : `{ ${name}: ${scalar(/^\d+$/.test(rest ?? '') ? Number(rest) : rest, '…')} }`
}

/** Returns an example for a missing space: YAML reads `-message: hi` as a key and `message:hi` as a text. */
function missingSpace(value: unknown): string | undefined {
  const dashed = isMap(value) ? Object.keys(value).find((key) => /^-\w/.test(key)) : undefined
  if (dashed !== undefined) return `${dashed.replace('-', '- ')}: …, with a space behind the dash`
  const [, key] = (isText(value) && /^(message|request|delay|loop|if|set|name):\S/.exec(value)) || []
  return key === undefined ? undefined : `${key}: …, with a space behind the colon`
}

/** Returns an example of a target for an address that stands where a map is expected. An address with a name or password is not repeated. */
function targetExample(value: unknown): string | undefined {
  if (!isText(value) || !/^(?:[a-z][a-z0-9+.-]*:\/\/[^\s/@]+(?:\/\S*)?|mock:)$/i.test(value)) return undefined
  return `{ url: ${quoted(value, 'http://…')} }`
}

/** A rule of `stopWhen` without `when`: `{ saturated: true }`, or only the keys of one. */
function stopExample(rule: unknown): string | undefined {
  if (!isMap(rule) || member(rule, 'when') !== undefined) return undefined
  const keys = Object.keys(rule)
  const when = keys.flatMap((key) => nearest(key, ['saturated', 'settled']) ?? [])[0]
  if (when !== undefined) return keys.length === 1 ? `${when}, or { when: ${when}, … } with its keys` : `{ when: ${when}, … }`
  if (keys.includes('ci') || keys.includes('metric')) return '{ when: settled, … }'
  return keys.includes('above') || keys.includes('failing') ? '{ when: saturated, … }' : undefined
}

const INTENTS: readonly Intent[] = [
  { at: /(^|\.)(steps|setup|teardown|then|else|load|thresholds|expect|flows)(\[\])?$/, example: missingSpace },
  {
    at: /(^|\.)(steps|setup|teardown|then|else)\[\]$/,
    example: (value) => (isText(value) ? `- message: ${quoted(value, 'Hello')}` : undefined),
  },
  { at: /\.message\[\]$/, example: (value) => (isText(value) ? `text: ${quoted(value, 'Hello')}` : undefined) },
  { at: /(^|\.)(steps|setup|teardown|then|else)\[\]\.delay$/, example: delayExample },
  { at: /^load$/, example: loadExample },
  {
    at: /^load\[\]$/,
    example: (value) => (member(value, 'stages') === undefined ? undefined : stagedLoad(member(value, 'stages'))),
  },
  { at: /^load\[\](\.\w+)*\.(rate|pace|from|to)$/, example: rateExample },
  { at: /^target$/, example: (value) => prefixed('target: ', targetExample(value)) },
  { at: /^targets\.[^.]+$/, example: targetExample },
  { at: /^(target|targets\.[^.]+)\.auth$/, example: (value) => prefixed('auth: ', authExample(value)) },
  { at: /^(target|targets\.[^.]+)\.auth\.type$/, example: (_, auth) => prefixed('auth: ', authExample(auth)) },
  { at: /^stopWhen(\[\])?$/, example: stopExample },
  { at: /\.headers$/, example: (value) => prefixed('headers: ', headersExample(value)) },
  { at: /\.expect\[\]$/, example: checkExample },
]

const prefixed = (before: string, example: string | undefined) => (example === undefined ? undefined : before + example)

const CODES = new Set<string>([E_TYPE, E_UNIT, E_UNION, E_MISSING_KEY, E_ENUM].map(({ code }) => code))

/**
 * Returns a problem of a scenario with a better hint, if the wrong value shows what its author meant: `write 20/s` for `rate: 20rps`. Other problems
 * are returned unchanged. `root` is the data of the whole scenario.
 */
export function withIntent(finding: Finding, root: unknown): Finding {
  if (!CODES.has(finding.code)) return finding
  const generic = genericPath(finding.path)
  const value = valueAt(root, finding.path)
  const owner = valueAt(root, finding.path.slice(0, -1))
  // A `type` that is present is misspelt; the hint lists the existing ones.
  if (generic.endsWith('.type') && value !== undefined) return finding
  for (const { at, example } of INTENTS) {
    const meant = at.test(generic) ? example(value, owner) : undefined
    if (meant !== undefined) return { ...finding, hint: `write ${meant}` }
  }
  return finding
}
