/** Explains TLS errors in plain words: the messages of OpenSSL name its source files, and those of Node its flags. */

/** The failure class and the message for a TLS error. The hint that belongs to the class says what to do. */
interface TlsFailure {
  readonly class: string
  readonly message: string
}

const untrusted = (message: string): TlsFailure => ({ class: 'tls_untrusted', message })
const UNKNOWN_ISSUER = untrusted('the issuer of the certificate of the target is not trusted here')
const NO_TLS: TlsFailure = { class: 'tls_protocol', message: 'the port does not speak TLS' }
const refusedCertificate = (why: string): TlsFailure => ({
  class: 'tls_protocol',
  message: `the target refuses the client certificate: ${why}`,
})

const TLS_FAILURES: Readonly<Record<string, TlsFailure>> = {
  CERT_HAS_EXPIRED: { class: 'tls_expired', message: 'the certificate of the target has expired' },
  CERT_NOT_YET_VALID: { class: 'tls_expired', message: 'the certificate of the target is not valid yet' },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('the certificate of the target is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('the certificates of the target end in one that is self-signed and not trusted here'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: UNKNOWN_ISSUER,
  CERT_SIGNATURE_FAILURE: untrusted('the signature of the certificate of the target is wrong'),
  CERT_CHAIN_TOO_LONG: untrusted('the chain of certificates of the target is too long'),
  CERT_UNTRUSTED: UNKNOWN_ISSUER,
  CERT_REJECTED: untrusted('the certificate of the target is rejected by its issuer'),
  CERT_REVOKED: untrusted('the certificate of the target is revoked'),
  INVALID_CA: untrusted('the issuer of the certificate of the target is not a certificate authority'),
  INVALID_PURPOSE: untrusted('the certificate of the target is not meant for servers'),
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
}

/** What each TLS alert that a target sends about the client certificate means. */
const ALERTS: readonly (readonly [RegExp, TlsFailure])[] = [
  [/CERTIFICATE_REQUIRED/, { class: 'tls_protocol', message: 'the target wants a client certificate' }],
  [/ALERT_UNKNOWN_CA/, refusedCertificate('its issuer is not trusted there')],
  [/ALERT_CERTIFICATE_EXPIRED/, refusedCertificate('it has expired')],
  [/ALERT_CERTIFICATE_REVOKED/, refusedCertificate('it is revoked')],
  [/ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/, refusedCertificate('it is missing, or not as wanted')],
  [/ALERT_(ACCESS_DENIED|DECRYPT_ERROR)/, refusedCertificate('it gives no access')],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    {
      class: 'tls_protocol',
      message: 'the target broke off the TLS handshake: it wants a client certificate, or there is no cipher in common',
    },
  ],
  [
    /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE/,
    { class: 'tls_protocol', message: 'there is no TLS version in common' },
  ],
]

/** Returns the failure class and message for a TLS error code; undefined for any other code. `said` is the message of the original error. */
export function tlsFailure(code: string, said: string): TlsFailure | undefined {
  const known = Object.hasOwn(TLS_FAILURES, code) ? TLS_FAILURES[code] : undefined
  if (known) return known
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { class: 'tls_hostname', message: said }
  if (code !== 'EPROTO' && !code.startsWith('ERR_SSL_') && !code.startsWith('ERR_TLS_')) return undefined
  const alert = ALERTS.find(([pattern]) => pattern.test(code))
  return alert?.[1] ?? { class: 'tls_protocol', message: reasonOf(said) }
}

/** Returns the reason in an OpenSSL message such as `…:error:0A00010B:SSL routines:function:reason:file:line:`. */
function reasonOf(said: string): string {
  const reason = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/i.exec(said)?.[1]
  return reason === undefined ? said : `TLS failed: ${reason.trim()}`
}
