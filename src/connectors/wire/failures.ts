import type { FailurePhase } from '../../errors.ts'
import type { Failure } from '../../exchange.ts'
import { isForeignAddress } from './local/errors.ts'
import { tlsFailure } from './tls-failures.ts'

/** The failure class, phase and advice for an error code. Without a phase, the failure gets the phase of the attempt. */
type FailureRule = readonly [failureClass: string, phase: FailurePhase | undefined, advice?: string]

const FILES_ADVICE = 'raise the limit of open files (ulimit -n), or use fewer users'
const PORTS_ADVICE =
  'this machine has no free local port for that address: keep connections alive, use fewer users, or list more addresses in localAddresses'
const ADDRESS_ADVICE =
  'list addresses in localAddresses that this machine has and that lead there (ip address show, ip address add)'

const UNREACHABLE: FailureRule = ['unreachable', undefined, 'no route to that address']
/** The rule for a local address (`localAddresses`) that this machine does not have or that does not lead to the target: a local failure. */
const FOREIGN: FailureRule = ['local_address', undefined, ADDRESS_ADVICE]
const RESET: FailureRule = ['reset', undefined]

/** The rules for error codes that mean the same in every phase. */
const RULES: Readonly<Record<string, FailureRule>> = {
  ENOTFOUND: ['dns', 'dns', 'no such host'],
  ENODATA: ['dns', 'dns', 'the name has no address'],
  EAI_AGAIN: ['dns', 'dns', 'the name server did not answer'],
  ECONNREFUSED: ['refused', undefined, 'nothing listens there'],
  ENOENT: ['refused', undefined, 'no such socket file'],
  EACCES: ['unreachable', undefined, 'this machine does not allow that connection'],
  EPERM: ['unreachable', undefined, 'this machine does not allow that connection'],
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  ENETDOWN: UNREACHABLE,
  ECONNRESET: RESET,
  EPIPE: RESET,
  ECONNABORTED: RESET,
  EADDRNOTAVAIL: ['local_ports', undefined, PORTS_ADVICE],
  EADDRINUSE: ['local_ports', undefined, PORTS_ADVICE],
  EMFILE: ['local_files', undefined, FILES_ADVICE],
  ENFILE: ['local_files', undefined, FILES_ADVICE],
  ENOBUFS: ['local_memory', undefined],
  ENOMEM: ['local_memory', undefined],
}

/** Returns the message of an error without the note that Node adds about an undefined local address. */
function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ - Local \(undefined:undefined\)/, '')
}

/** Returns the `code` of an error when it is a text, such as `ECONNRESET`; undefined otherwise. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** True when an error comes from the operating system or from TLS; false when it comes from a library that could not read the received bytes. */
export function isSocketError(error: unknown): boolean {
  const code = codeOf(error)
  return (
    code !== undefined &&
    (ruleOf(code, 'stream') !== undefined || tlsFailure(code, '') !== undefined || (error instanceof Error && 'syscall' in error))
  )
}

/**
 * Converts the error of a socket to a failure with a class, a stage of the exchange and a message. The stage is `phase`, except for errors of DNS or
 * TLS, which have stages of their own. An error without a code gets the class `bug`: it is a mistake in burn and never counts against the target.
 */
export function classify(error: unknown, phase: FailurePhase): Failure {
  const code = codeOf(error)
  const said = wordsOf(error)
  const tls = code === undefined ? undefined : tlsFailure(code, said)
  if (tls) return { ...tls, phase: 'tls', ...(code === undefined ? {} : { code }) }
  const rule = isForeignAddress(error) ? FOREIGN : code === undefined ? undefined : ruleOf(code, phase)
  const [failureClass, ownPhase, advice] = rule ?? (code === undefined ? ['bug', undefined] : RESET)
  return {
    class: failureClass,
    phase: ownPhase ?? phase,
    message: advice === undefined ? said : `${said}: ${advice}`,
    ...(code === undefined ? {} : { code }),
  }
}

function ruleOf(code: string, phase: FailurePhase): FailureRule | undefined {
  const rule = Object.hasOwn(RULES, code) ? RULES[code] : undefined
  if (rule) return rule
  // Linux reports this when the target cannot be reached from the local address, such as another machine from the loopback.
  if (code === 'EINVAL' && phase === 'connect') return FOREIGN
  if (code === 'ETIMEDOUT') return phase === 'connect' ? ['connect_timeout', undefined, 'the host does not answer'] : UNREACHABLE
  if (code.startsWith('EAI_')) return ['dns', 'dns']
  return undefined
}
