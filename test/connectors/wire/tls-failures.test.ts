import { expect, test } from 'vitest'
import { tlsFailure } from '../../../src/connectors/wire/tls-failures.ts'

const SAID = '80AB:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:record/rec.c:322:'
test.each([
  ['CERT_HAS_EXPIRED', 'tls_expired', 'the certificate of the target has expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted', 'the certificate of the target is self-signed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted', 'the issuer of the certificate of the target is not trusted here'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_hostname', SAID],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_protocol', 'the port does not speak TLS'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls_protocol', 'the target wants a client certificate'],
  [
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'tls_protocol',
    'the target refuses the client certificate: its issuer is not trusted there',
  ],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls_protocol', 'there is no TLS version in common'],
  ['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'tls_protocol', 'TLS failed: unexpected eof while reading'],
  ['EPROTO', 'tls_protocol', 'TLS failed: unexpected eof while reading'],
])('%s is %s', (code, name, message) => expect(tlsFailure(code, SAID)).toEqual({ class: name, message }))

test('words that are not those of OpenSSL stay', () => {
  expect(tlsFailure('ERR_TLS_HANDSHAKE_TIMEOUT', 'handshake took too long')?.message).toBe('handshake took too long')
})

test.each(['ECONNRESET', 'constructor', ''])('%j is none of TLS', (code) => expect(tlsFailure(code, '')).toBeUndefined())
