/** Decides which MQTT clients the mock's broker accepts, and reads the settings of their connection from CONNECT. */
import { randomUUID } from 'node:crypto'
import type { IConnackPacket, IConnectPacket } from 'mqtt-packet'
import { REASON, RETURN } from './codes.ts'
import { isTopic } from './filters.ts'
import { messageOf } from './message.ts'

/** The largest MQTT packet that the mock accepts, in bytes. */
export const MAX_PACKET = 16 * 1024 * 1024
/** The session expiry (in s) that means "never". */
const NEVER = 0xffff_ffff
/** The largest number of unacknowledged messages to a client that does not state a limit. */
const RECEIVE_MAXIMUM = 65_535

/** What an MQTT client asked of the mock's broker in its CONNECT packet: client id, keep-alive, will and so on, with defaults filled in. */
export type Admission = Readonly<ReturnType<typeof admissionOf>>

/**
 * Returns the CONNACK packet with which the mock's MQTT broker refuses a client; undefined if the client is accepted. Not every reason has a code in
 * MQTT 3.1.1: there, a return code of 0 in the packet means that it must not be sent, and the connection is closed instead.
 */
export function refusalOf(packet: IConnectPacket): IConnackPacket | undefined {
  const { clientId, clean, will, properties = {} } = packet
  if (packet.protocolVersion === 3) return refused(REASON.protocolError, RETURN.protocolVersion, 'MQTT 3.1 is not spoken here')
  if (clientId === '' && !clean && packet.protocolVersion !== 5)
    return refused(REASON.clientIdNotValid, RETURN.clientIdRejected, 'a session needs a client id')
  if (properties.authenticationMethod !== undefined)
    return refused(REASON.badAuthenticationMethod, RETURN.ok, 'no enhanced authentication here')
  if (properties.receiveMaximum === 0 || properties.maximumPacketSize === 0)
    return refused(REASON.protocolError, RETURN.ok, 'a maximum of 0')
  if (will && !isTopic(will.topic)) return refused(REASON.topicNameInvalid, RETURN.ok, 'the will has no topic to go to')
  return undefined
}

/** The CONNACK packet with which the mock's MQTT broker refuses a client of an unknown MQTT version, in the form of MQTT 3.1.1. */
export const UNKNOWN_VERSION: IConnackPacket = { cmd: 'connack', sessionPresent: false, returnCode: RETURN.protocolVersion }

function refused(reasonCode: number, returnCode: number, reasonString: string): IConnackPacket {
  return { cmd: 'connack', sessionPresent: false, reasonCode, returnCode, properties: { reasonString } }
}

/**
 * Returns what an MQTT client asks of the mock's broker, from its CONNECT packet. `nowMs`, the time on the monotonic clock in ms, is the start of the
 * will's lifetime, if it has one.
 */
export function admissionOf(packet: IConnectPacket, nowMs: number) {
  const { clean = false, keepalive = 0, will, properties = {} } = packet
  const version: 4 | 5 = packet.protocolVersion === 5 ? 5 : 4
  const assigned = packet.clientId === '' ? `mock-${randomUUID()}` : undefined
  return {
    version,
    clientId: assigned ?? packet.clientId,
    clean,
    keepAliveMs: keepalive * 1000,
    expiryMs: version === 5 ? expiryMs(properties.sessionExpiryInterval) : clean ? 0 : Number.POSITIVE_INFINITY,
    receiveMaximum: properties.receiveMaximum ?? RECEIVE_MAXIMUM,
    /** Largest packet that the client accepts, in bytes. */
    maximumPacketSize: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
    will: will && { message: messageOf(will, nowMs), delayMs: (will.properties?.willDelayInterval ?? 0) * 1000 },
    /** The properties of the CONNACK packet, with which the broker accepts the client. */
    granted: {
      maximumPacketSize: MAX_PACKET,
      sharedSubscriptionAvailable: false,
      subscriptionIdentifiersAvailable: false,
      ...(assigned === undefined ? {} : { assignedClientIdentifier: assigned }),
    },
  }
}

/** Converts a session expiry interval, which MQTT packets state in seconds, to ms. The value for "never" becomes Infinity; undefined becomes 0. */
export function expiryMs(seconds = 0): number {
  return seconds === NEVER ? Number.POSITIVE_INFINITY : seconds * 1000
}
