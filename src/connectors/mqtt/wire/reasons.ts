import type { Failure } from '../../../exchange.ts'

/** The names of the return codes of CONNACK in MQTT 3.1.1 (table 3.1 of the standard). */
export const RETURN_CODES: Readonly<Record<number, string>> = {
  1: 'unacceptable_protocol_version',
  2: 'identifier_rejected',
  3: 'server_unavailable',
  4: 'bad_user_name_or_password',
  5: 'not_authorized',
}

/** The names of the MQTT 5 reason codes for failures (0x80 and above). @see MQTT 5.0, table 2-6 */
const REASON_CODES: Readonly<Record<number, string>> = {
  128: 'unspecified_error',
  129: 'malformed_packet',
  130: 'protocol_error',
  131: 'implementation_specific_error',
  132: 'unsupported_protocol_version',
  133: 'client_identifier_not_valid',
  134: 'bad_user_name_or_password',
  135: 'not_authorized',
  136: 'server_unavailable',
  137: 'server_busy',
  138: 'banned',
  139: 'server_shutting_down',
  140: 'bad_authentication_method',
  141: 'keep_alive_timeout',
  142: 'session_taken_over',
  143: 'topic_filter_invalid',
  144: 'topic_name_invalid',
  145: 'packet_identifier_in_use',
  146: 'packet_identifier_not_found',
  147: 'receive_maximum_exceeded',
  148: 'topic_alias_invalid',
  149: 'packet_too_large',
  150: 'message_rate_too_high',
  151: 'quota_exceeded',
  152: 'administrative_action',
  153: 'payload_format_invalid',
  154: 'retain_not_supported',
  155: 'qos_not_supported',
  156: 'use_another_server',
  157: 'server_moved',
  158: 'shared_subscriptions_not_supported',
  159: 'connection_rate_exceeded',
  160: 'maximum_connect_time',
  161: 'subscription_identifiers_not_supported',
  162: 'wildcard_subscriptions_not_supported',
}

/** True when a number is a reason code that MQTT 5 defines for a failure. */
export function isReason(code: number): boolean {
  return Object.hasOwn(REASON_CODES, code)
}

/** Returns the failure class for a reason code of MQTT 5, such as `mqtt_not_authorized`; `mqtt_reason_<code>` when the code is unknown. */
export function classOfReason(code: number): string {
  return `mqtt_${REASON_CODES[code] ?? RETURN_CODES[code] ?? `reason_${code}`}`
}

/**
 * Describes a reason code of MQTT 5 in words, as in "not authorized (0x87): quota of the day". `said` is the reason text that the broker sent with
 * it.
 */
export function describeReason(code: number, said?: string): string {
  const words = classOfReason(code).slice('mqtt_'.length).replaceAll('_', ' ')
  return `${words} (0x${code.toString(16).padStart(2, '0')})${said ? `: ${said}` : ''}`
}

/** Returns the failure for a refusal by an MQTT broker; `code` is the broker's reason code, `said` its reason text. */
export function refusal(code: number, phase: Failure['phase'], said?: string): Failure {
  return { class: classOfReason(code), phase, message: `the broker said: ${describeReason(code, said)}`, code: String(code) }
}
