/** What refusals of an MQTT broker come to. */

/** Protocol version, code of the CONNACK, and the failure class without its `mqtt_`. */
export const CONNACK_FATES: readonly (readonly [version: 4 | 5, code: number, name: string])[] = [
  [4, 1, 'unacceptable_protocol_version'],
  [4, 2, 'identifier_rejected'],
  [4, 3, 'server_unavailable'],
  [4, 4, 'bad_user_name_or_password'],
  [4, 5, 'not_authorized'],
  [5, 135, 'not_authorized'],
  [5, 137, 'server_busy'],
  [5, 159, 'connection_rate_exceeded'],
]

/** Reason code of the PUBACK, and the failure class. */
export const PUBACK_FATES: readonly (readonly [reasonCode: number, failureClass: string])[] = [
  [135, 'mqtt_not_authorized'],
  [151, 'mqtt_quota_exceeded'],
  [144, 'mqtt_topic_name_invalid'],
]
