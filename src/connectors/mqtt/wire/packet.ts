import { Malformed, PacketFields } from './fields.ts'
import type { PacketName, Version } from './names.ts'
import { type Properties, readProperties } from './properties.ts'
import { isReason, RETURN_CODES } from './reasons.ts'

/** One MQTT packet from a broker, after parsing. */
export interface Received {
  readonly name: PacketName
  /** The packet id; 0 when the packet has none. */
  readonly id: number
  /** Reason codes: one for each topic in a SUBACK or UNSUBACK, else at most one. */
  readonly codes: readonly number[]
  readonly properties: Properties
  /** Quality of service (QoS) of a PUBLISH; 0 in other packets. */
  readonly qos: number
  /** Topic and payload of a PUBLISH; empty in other packets. */
  readonly topic: string
  readonly payload: Buffer
  /** True when a CONNACK says that the broker has kept a session of this client. */
  readonly sessionPresent: boolean
}

interface PacketKind {
  readonly name: PacketName
  /** What the lower four bits of the first byte must be; not used for a PUBLISH, where they vary. */
  readonly flags: number
  /** The only valid length of such a packet in MQTT 3.1.1, in bytes after the fixed header; left out when the length may vary. */
  readonly length?: number
  /** Reason codes below 0x80 (no failure) that such a packet may have in MQTT 5. */
  readonly good: readonly number[]
}

/** The packets of a broker by the upper half of their first byte. */
const KINDS: Readonly<Record<number, PacketKind>> = {
  2: { name: 'CONNACK', flags: 0, length: 2, good: [0] },
  3: { name: 'PUBLISH', flags: 0, good: [] },
  4: { name: 'PUBACK', flags: 0, length: 2, good: [0, 0x10] },
  5: { name: 'PUBREC', flags: 0, length: 2, good: [0, 0x10] },
  6: { name: 'PUBREL', flags: 2, length: 2, good: [0] },
  7: { name: 'PUBCOMP', flags: 0, length: 2, good: [0] },
  9: { name: 'SUBACK', flags: 0, good: [0, 1, 2] },
  11: { name: 'UNSUBACK', flags: 0, length: 2, good: [0, 0x11] },
  13: { name: 'PINGRESP', flags: 0, length: 0, good: [] },
  14: { name: 'DISCONNECT', flags: 0, good: [0] },
  15: { name: 'AUTH', flags: 0, good: [0, 0x18] },
}

/** The packets that a broker must not send: those of clients and the reserved one, by the upper half of their first byte. */
const OTHERS: Readonly<Record<number, string>> = {
  0: 'a reserved packet',
  1: 'CONNECT',
  8: 'SUBSCRIBE',
  10: 'UNSUBSCRIBE',
  12: 'PINGREQ',
}

const NO_PROPERTIES: Properties = new Map()
const SUCCESS: readonly number[] = [0]
const NOTHING = Buffer.alloc(0)

/**
 * Checks the first byte and the length of an MQTT packet before the rest has come. Returns nothing when they are valid.
 * @throws Malformed when they break the standard
 */
export function checkHeader(first: number, length: number, version: Version): void {
  const kind = kindOf(first, version)
  if (kind.name === 'PUBLISH') checkPublishFlags(first)
  else if ((first & 15) !== kind.flags)
    throw new Malformed(`${kind.name} has the wrong flags ${(first & 15).toString(2).padStart(4, '0')}`)
  const fixed = version === 4 || kind.name === 'PINGRESP' ? kind.length : undefined
  if (fixed !== undefined && length !== fixed)
    throw new Malformed(`${kind.name} has ${length} bytes, where it can only have ${fixed}`)
}

function kindOf(first: number, version: Version): PacketKind {
  const type = first >> 4
  const kind = KINDS[type]
  if (!kind) throw new Malformed(`the broker sent ${OTHERS[type]}, which it may not`)
  if (version === 4 && type >= 14) throw new Malformed(`the broker sent ${kind.name}, which it may not in MQTT 3.1.1`)
  return kind
}

function checkPublishFlags(first: number): void {
  const qos = (first >> 1) & 3
  if (qos === 3) throw new Malformed('PUBLISH has QoS 3')
  if (qos === 0 && first & 8) throw new Malformed('PUBLISH of QoS 0 has the DUP flag')
}

/**
 * Parses a complete MQTT packet from the broker and returns its fields. `start` is the index of the variable header, after the fixed header, which
 * must be checked before.
 * @throws Malformed when the packet breaks the standard
 */
export function readPacket(bytes: Buffer, start: number, version: Version): Received {
  const first = bytes[0] ?? 0
  const kind = kindOf(first, version)
  const fields = new PacketFields(bytes, start, kind.name)
  switch (kind.name) {
    case 'CONNACK':
      return readConnack(fields, kind, version)
    case 'PUBLISH':
      return readPublish(fields, (first >> 1) & 3, version)
    case 'SUBACK':
    case 'UNSUBACK':
      return readAnswers(fields, kind, version)
    case 'PINGRESP':
      return received('PINGRESP', 0)
    case 'DISCONNECT':
    case 'AUTH':
      return readCode(fields, kind, received(kind.name, 0))
    default: {
      const acknowledgement = received(kind.name, fields.id())
      return version === 4 ? acknowledgement : readCode(fields, kind, acknowledgement)
    }
  }
}

function received(name: PacketName, id: number, codes = SUCCESS, properties = NO_PROPERTIES): Received {
  return { name, id, codes, properties, qos: 0, topic: '', payload: NOTHING, sessionPresent: false }
}

function readConnack(fields: PacketFields, kind: PacketKind, version: Version): Received {
  const flags = fields.byte()
  if (flags > 1) throw new Malformed('CONNACK has reserved flags')
  const code = fields.byte()
  // A broker that knows only 3.1.1 refuses version 5 in the format of 3.1.1.
  const older = version === 5 && fields.left === 0 && code > 0
  const known = version === 4 || older ? code === 0 || Object.hasOwn(RETURN_CODES, code) : isGood(code, kind)
  if (!known) throw new Malformed(`CONNACK has the reserved code ${code}`)
  const properties = version === 4 || older ? NO_PROPERTIES : readProperties(fields, kind.name)
  fields.end()
  if (code > 0 && flags === 1) throw new Malformed(`CONNACK refuses with code ${code}, and says that there is a session`)
  return { ...received('CONNACK', 0, [code], properties), sessionPresent: flags === 1 }
}

function readPublish(fields: PacketFields, qos: number, version: Version): Received {
  const topic = fields.topic()
  const id = qos > 0 ? fields.id() : 0
  const properties = version === 5 ? readProperties(fields, 'PUBLISH') : NO_PROPERTIES
  if (topic === '' && !properties.has('topicAlias')) throw new Malformed('PUBLISH has no topic')
  return { name: 'PUBLISH', id, codes: SUCCESS, properties, qos, topic, payload: fields.rest(), sessionPresent: false }
}

function readAnswers(fields: PacketFields, kind: PacketKind, version: Version): Received {
  const id = fields.id()
  if (version === 4 && kind.name === 'UNSUBACK') return received(kind.name, id, [])
  const properties = version === 5 ? readProperties(fields, kind.name) : NO_PROPERTIES
  const codes: number[] = []
  while (fields.left > 0) codes.push(fields.byte())
  if (codes.length === 0) throw new Malformed(`${kind.name} has no code`)
  for (const code of codes)
    if (!(version === 4 ? [0, 1, 2, 0x80].includes(code) : isGood(code, kind))) throw unknown(kind.name, code)
  return received(kind.name, id, codes, properties)
}

/** Reads a reason code and the properties after it; a packet may leave out both. */
function readCode(fields: PacketFields, kind: PacketKind, rest: Received): Received {
  if (fields.left === 0) return rest
  const code = fields.byte()
  if (!isGood(code, kind)) throw unknown(kind.name, code)
  const properties = fields.left > 0 ? readProperties(fields, kind.name) : NO_PROPERTIES
  fields.end()
  return { ...rest, codes: [code], properties }
}

/** True when this kind of packet may have this reason code. Failure codes are accepted in all packets, because they say what is wrong. */
function isGood(code: number, kind: PacketKind): boolean {
  return code < 0x80 ? kind.good.includes(code) : isReason(code)
}

function unknown(name: PacketName, code: number): Malformed {
  return new Malformed(`${name} has the code ${code}, which such a packet cannot have`)
}
