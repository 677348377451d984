/** Advice on each class of failure, in one line for the summary. */
import { ANSWERED, saysNoCredit } from './failure-kinds.ts'

/**
 * Advice for users on what to do about failures: pairs of a pattern for names of failure classes, such as `dns`, and a text. The first pattern that
 * matches applies.
 */
export const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^dns$/, 'the name does not resolve from here: check the host in target.url'],
  [/^refused$/, 'nothing listens there: is the target up, and the port right?'],
  [/^unreachable$/, 'no route to the host: check the network, VPN or firewall'],
  [/^connect_timeout$/, 'no connection in time: the target may be out of accept capacity, or a firewall drops packets'],
  [/^timeout_pool$/, 'no free connection of the shared pool in time: the target is too slow for so few; raise maxConnections'],
  [/^tls_expired$/, 'renew the certificate, check the clock of this machine, or set tls.insecure: true (-k) for a test system'],
  [/^tls_hostname$/, 'fix the host in the address, or set tls.servername to a name of the certificate'],
  [/^tls_untrusted$/, 'set tls.ca (--cacert) to trust its issuer, or tls.insecure: true (-k) for a test system'],
  [
    /^tls_protocol$/,
    'check the port, tls.minVersion and tls.maxVersion, and whether the target wants a client certificate (tls.cert, tls.key: --cert, --key)',
  ],
  [
    /^proxy$/,
    'the proxy did not connect to the target: check the proxy, its credentials and which ports it allows; or set NO_PROXY',
  ],
  [/^reset$/, 'the target or a proxy dropped the connection: look for restarts, connection limits, out of memory'],
  [/^refused_stream$/, 'no HTTP/2 connection took the request: look for a limit of streams, or load shedding, in the target'],
  [/^closed_early$/, 'the reply ended before its end marker: look for proxy time-outs and crashes of the backend'],
  [/^timeout_first_token$/, 'no token in time: queueing in the target; raise timeouts.firstToken only if that is acceptable'],
  [/^timeout_headers$/, 'no answer in time: is the target overloaded?'],
  [/^timeout_idle$/, 'the reply stalled: look at the backend, or raise timeouts.idle'],
  [/^timeout_iteration$/, 'the whole conversation took too long: raise iterationTimeout, or shorten it'],
  [/^timeout_total$/, 'the reply took too long: ask for fewer tokens, or raise timeouts.total'],
  [/^rate_limited$/, 'the target limits the rate: lower it, or ask for a higher quota'],
  [/^http_status$/, 'read the message; `burn ping` shows the whole exchange'],
  [/^error_in_stream$/, 'the target reported an error after it had answered 200'],
  [/^bad_sse$/, 'the reply is not an event stream: check the path, and `stream`'],
  [
    /^bad_grpc$/,
    'the server broke the rules of gRPC or HTTP/2: the message says how; is it a gRPC server, and no proxy before it?',
  ],
  [/^bad_(json|http|ws|utf8|encoding)$/, 'the reply does not follow its protocol: check url, preset and dialect'],
  [/^extract$/, 'the reply has no value at the mapped path: check target.response'],
  [/^too_big$/, 'the reply, or one event of it, is larger than the bound: ask for less, or raise target.limits'],
  [/^blocked$/, 'the provider blocked the prompt or the reply'],
  [/^check_failed$/, 'the reply came, but was not what `expect` asks for'],
  [/^capture_failed$/, 'the reply came, but had no value for `capture`; give a default if that is fine'],
  [/^tool_unknown$/, 'the model calls a tool that the step has no result for: add it to `toolReply`, or one for `*`'],
  [/^tool_rounds$/, 'the model calls tools without end: raise `toolRounds` if that is fine, else look at what the tools give'],
  [
    /^ws_met_close$/,
    'the target closes the socket after a reply, and the next message met its close frame: think between messages, or retry it by onError',
  ],
  [/^ws_close_/, 'the target closed the socket: the code says why'],
  [/^mqtt_subscription_refused$/, 'the broker did not grant the subscription to that topic: look at its access rules (ACL)'],
  [
    /^mqtt_not_authorized$/,
    'the broker knows no right of this user to do that: look at its access rules (ACL) for user and topic',
  ],
  [
    /^mqtt_(bad_user_name_or_password|bad_authentication_method)$/,
    'the broker refused user name or password: check auth, or the headers that hold them',
  ],
  [
    /^bad_mqtt$/,
    'the broker broke the standard of MQTT: the message says how; is the port that of MQTT, and mqtt.version right?',
  ],
  [/^mqtt_no_ack$/, 'the broker did not acknowledge in time'],
  [/^mqtt_/, 'the broker refused it, or ended the connection: the name is its reason; look at its log'],
  [/^grpc_UNIMPLEMENTED$/, 'the server has no such method: check service and method'],
  [/^grpc_(UNAUTHENTICATED|PERMISSION_DENIED)$/, 'the server asks for credentials, or refuses these: check target.auth'],
  [/^grpc_DEADLINE_EXCEEDED$/, 'the call took too long: ask for less, or raise the time-out that the message names'],
  [/^grpc_RESOURCE_EXHAUSTED$/, 'a quota or a limit is used up: lower the rate; for large messages raise grpc.maxMessage'],
  [/^grpc_UNAVAILABLE$/, 'the server was not reached, or takes no calls now: is it up, and the address and port right?'],
  [/^grpc_(CANCELLED|ABORTED)$/, 'the server gave up the call: the message says why; look at its log'],
  [
    /^grpc_(NOT_FOUND|ALREADY_EXISTS|INVALID_ARGUMENT|FAILED_PRECONDITION|OUT_OF_RANGE)$/,
    'the server does not accept the call as it is: its message says why; check what the step sends',
  ],
  [/^grpc_(INTERNAL|UNKNOWN|DATA_LOSS)$/, 'the server, or a proxy before it, failed: read the message, and look at its log'],
  [/^local_ports$/, 'out of local ports: keep connections alive, use fewer users, or list more addresses in localAddresses'],
  [/^local_address$/, 'an address of localAddresses is none of this machine, or does not lead to the target: correct the list'],
  [/^local_files$/, 'out of file descriptors: raise `ulimit -n`'],
  [/^local_template$/, 'a template used a variable that had no value'],
  [
    /^local_hook$/,
    'a hook of a plugin failed, and not the target: the message names plugin and hook (README.md, "Hooks of your own")',
  ],
  [/^insufficient_quota$/, 'the quota of the account is used up, and waiting does not help: raise it, or use another key'],
  [
    /^injected_earlier$/,
    'an injected failure earlier in the iteration may explain it, so it is in no error rate: `onError: abort` ends such iterations at once',
  ],
  [/^injected_/, 'injected on purpose by `faults` of the scenario: in no error rate of the target'],
  [/^bug$/, 'a fault in burn, not in the target: report it with the message'],
  [/^local_/, 'on this side, not the target: read the message'],
]

/** Advice on a stream that was complete but ended without its end marker. */
const UNMARKED =
  'the reply was over, but for its end marker: if the server never sends one, set target.response.end: { after: finish }'

/** Advice on a reply that a plugin's hook rejected with `fail`. */
const FAILED_BY_HOOK =
  'the reply came, but not as the hook afterReceive of a plugin asks: the message is its reason (README.md, "Hooks of your own")'

/** Advice on a failed TLS handshake, each after a pattern for the message. */
const TLS_HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^the target wants a client certificate$/,
    'set tls.cert and tls.key (--cert, --key) to a certificate that the target accepts',
  ],
  [/refuses the client certificate/, 'check tls.cert and tls.key: the certificate has to be one that the target trusts'],
  [/does not speak TLS/, 'use an address without TLS (http, ws, grpc, mqtt), or another port'],
]

/** Matches failure messages of gRPC that begin with the class of an underlying failure, such as `dns: …`. */
const BENEATH = /^(tls_[a-z]+|dns|refused|unreachable|connect_timeout|local_[a-z]+): (.*)/s

/** Advice on a refused request, each after a pattern for the status in the message. */
const STATUS_HINTS: readonly (readonly [RegExp, string])[] = [
  [/^40[13]$/, 'the target asks for credentials, or refuses these: check target.auth'],
  [
    /^40[45]$/,
    'nothing answers at this path, or there is no such model: check the path of the address, and target.model; a chat API needs its preset',
  ],
  [/^408$/, 'the target gave up waiting for the request: is it overloaded, or the network slow?'],
  [/^413$/, 'the request is too long for the target: send less'],
  [/^3/, 'the target sends the request elsewhere: put that address into target.url, or set http.maxRedirects (HTTP/1.1)'],
  [/^4/, 'the target does not accept the request as it is: its message says why'],
  [/^504$/, 'a gateway got no answer in time from what is behind it: is that overloaded?'],
  [/^5/, 'the target, or a proxy before it, failed: look at its log'],
]

/**
 * Facts about a failed request that advice about the failure needs: its address, the API format (dialect), and the path that an API of this format
 * usually has.
 */
export interface Sent {
  /** The address to which the failed request was sent. */
  readonly url: string
  readonly dialect: string
  /** The path at which an API of this dialect usually is; undefined when there is none. */
  readonly usualPath: string | undefined
}

/**
 * Returns advice on what to do about a failure with this class and message; '' when there is none. For status 404 or 405, the advice may suggest the
 * usual path of the API, if `sent` describes the failed request.
 */
export function hintFor(failureClass: string, message = '', sent?: Sent): string {
  if (ANSWERED.includes(failureClass) && saysNoCredit(message)) return hintFor('insufficient_quota')
  const status = failureClass === 'http_status' ? /\b[345]\d\d\b/.exec(message.slice(0, STATUS_WITHIN))?.[0] : undefined
  if (status !== undefined) return pathHint(status, sent) ?? STATUS_HINTS.find(([pattern]) => pattern.test(status))?.[1] ?? ''
  if (failureClass === 'check_failed' && message.startsWith('the plugin ')) return FAILED_BY_HOOK
  if (failureClass === 'closed_early' && message.includes('though it had a finish reason')) return UNMARKED
  const [, beneath, rest] = BENEATH.exec(message) ?? []
  if (beneath !== undefined && rest !== undefined) return hintFor(beneath, rest)
  const own = failureClass === 'tls_protocol' ? TLS_HINTS.find(([pattern]) => pattern.test(message)) : undefined
  return (own ?? HINTS.find(([pattern]) => pattern.test(failureClass)))?.[1] ?? ''
}

/** A status is looked for only in so many characters at the beginning of a message; later numbers are the target's own. */
const STATUS_WITHIN = 80

function pathHint(status: string, sent: Sent | undefined): string | undefined {
  const used = URL.parse(sent?.url ?? '')
  if (!/^40[45]$/.test(status) || sent?.usualPath === undefined || used === null || used.host === '') return undefined
  if (sameEnd(used.pathname, sent.usualPath)) return undefined
  return `is the path right? An API of format ${sent.dialect} is usually at ${sent.usualPath}, here ${used.protocol}//${used.host}${sent.usualPath}`
}

/** Returns true when a path has the same last part as the usual path: the part before may be added by a proxy. */
function sameEnd(path: string, usual: string): boolean {
  return path.replace(/\/$/, '').split('/').at(-1) === usual.split('/').at(-1)
}

/**
 * Returns the names of the failure classes or warnings that a pattern matches, for the tables in the docs. The patterns are those for which burn has
 * a hint (HINTS, WARNINGS): `^bad_(json|http)$` gives `bad_json` and `bad_http`; `^ws_close_`, which matches any ending, gives `ws_close_…`.
 */
export function classNames(pattern: RegExp): string[] {
  const [, start = '', group] = /^\^(\w*)(?:\(([^)]*)\))?\$?$/.exec(pattern.source) ?? []
  const names = group === undefined ? [start] : group.split('|').map((end) => start + end)
  return names.map((name) => (name.endsWith('_') ? `${name}…` : name))
}
