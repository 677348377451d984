/** Reason codes of MQTT 5 that the mock's broker uses. @see MQTT 5.0, table 2-6 */
export const REASON = {
  ok: 0,
  /** In a DISCONNECT: the client wants its will to be published. */
  withWill: 4,
  noMatchingSubscribers: 16,
  noSubscriptionExisted: 17,
  malformedPacket: 129,
  protocolError: 130,
  clientIdNotValid: 133,
  badAuthenticationMethod: 140,
  keepAliveTimeout: 141,
  sessionTakenOver: 142,
  topicFilterInvalid: 143,
  topicNameInvalid: 144,
  packetIdNotFound: 146,
  topicAliasInvalid: 148,
  packetTooLarge: 149,
  sharedSubscriptionsNotSupported: 158,
  subscriptionIdsNotSupported: 161,
} as const

/**
 * The return codes in CONNACK packets that the mock's broker sends to clients of MQTT 3.1.1, which has no reason codes.
 * @see MQTT 3.1.1, table 3.1
 */
export const RETURN = { ok: 0, protocolVersion: 1, clientIdRejected: 2 } as const

/** The code in a SUBACK packet by which the mock's broker refuses a subscription to a client of MQTT 3.1.1. */
export const SUBACK_FAILURE = 0x80
