import { expect, test } from 'vitest'
import { classify, isSocketError } from '../../../src/connectors/wire/failures.ts'

const coded = (code: string) => Object.assign(new Error(`said ${code}`), { code })

test.each([
  ['ENOTFOUND', 'connect', 'dns', 'dns'],
  ['EAI_AGAIN', 'dns', 'dns', 'dns'],
  ['EAI_FAIL', 'dns', 'dns', 'dns'],
  ['ECONNREFUSED', 'connect', 'refused', 'connect'],
  ['EHOSTUNREACH', 'connect', 'unreachable', 'connect'],
  ['ENETUNREACH', 'connect', 'unreachable', 'connect'],
  ['ETIMEDOUT', 'connect', 'connect_timeout', 'connect'],
  ['ETIMEDOUT', 'stream', 'unreachable', 'stream'],
  ['ECONNRESET', 'headers', 'reset', 'headers'],
  ['EPIPE', 'send', 'reset', 'send'],
  ['EADDRNOTAVAIL', 'connect', 'local_ports', 'connect'],
  ['EMFILE', 'connect', 'local_files', 'connect'],
  ['ENFILE', 'dns', 'local_files', 'dns'],
  ['ENOBUFS', 'connect', 'local_memory', 'connect'],
  ['CERT_HAS_EXPIRED', 'connect', 'tls_expired', 'tls'],
  ['CERT_NOT_YET_VALID', 'tls', 'tls_expired', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'tls_hostname', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'tls_untrusted', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'tls_protocol', 'tls'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'headers', 'tls_protocol', 'tls'],
  ['EPROTO', 'tls', 'tls_protocol', 'tls'],
] as const)('%s while in %s is %s in phase %s', (code, phase, failureClass, named) => {
  expect(classify(coded(code), phase)).toMatchObject({ class: failureClass, phase: named, code })
  expect(isSocketError(coded(code))).toBe(true)
})

test('an error without a code is a bug of ours, never the target', () => {
  expect(classify(new TypeError('x is undefined'), 'stream')).toEqual({
    class: 'bug',
    phase: 'stream',
    message: 'x is undefined',
  })
  expect(isSocketError(new TypeError('x'))).toBe(false)
})

test('a local address that does not exist is not shown', () => {
  const error = Object.assign(new Error('connect EMFILE 127.0.0.1:80 - Local (undefined:undefined)'), { code: 'EMFILE' })
  expect(classify(error, 'connect').message).toMatch(/^connect EMFILE 127\.0\.0\.1:80: raise the limit/)
})

test('a code named like a property of every object is not taken for a rule', () => {
  expect(classify(coded('constructor'), 'stream').class).toBe('reset')
  expect(isSocketError(coded('constructor'))).toBe(false)
})
