import { Malformed, type PacketFields } from './fields.ts'
import type { PacketName } from './names.ts'

type PropertyKind = 'flag' | 'byte' | 'word' | 'long' | 'varint' | 'text' | 'topic' | 'binary' | 'pair'

/** The properties of an MQTT 5 packet, by the names that the `mqtt` library has for them. Of a repeated property, the last value counts. */
export type Properties = ReadonlyMap<string, number | string | Buffer>

/** The properties of a received MQTT 5 message that burn uses: content type and correlation data. */
export interface MessageProperties {
  readonly contentType?: string
  readonly correlationData?: Buffer
}

interface PropertyRule {
  readonly name: string
  readonly kind: PropertyKind
  readonly of: readonly PacketName[]
  /** True when the MQTT property must not be 0. */
  readonly positive?: boolean
  /** True when the MQTT property may occur more than once in a packet. */
  readonly many?: boolean
}

const REPLIES: readonly PacketName[] = [
  'CONNACK',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBACK',
  'UNSUBACK',
  'DISCONNECT',
  'AUTH',
]

const RULES: Readonly<Record<number, PropertyRule>> = {
  1: { name: 'payloadFormatIndicator', kind: 'flag', of: ['PUBLISH'] },
  2: { name: 'messageExpiryInterval', kind: 'long', of: ['PUBLISH'] },
  3: { name: 'contentType', kind: 'text', of: ['PUBLISH'] },
  8: { name: 'responseTopic', kind: 'topic', of: ['PUBLISH'] },
  9: { name: 'correlationData', kind: 'binary', of: ['PUBLISH'] },
  11: { name: 'subscriptionIdentifier', kind: 'varint', of: ['PUBLISH'], positive: true, many: true },
  17: { name: 'sessionExpiryInterval', kind: 'long', of: ['CONNACK'] },
  18: { name: 'assignedClientIdentifier', kind: 'text', of: ['CONNACK'] },
  19: { name: 'serverKeepAlive', kind: 'word', of: ['CONNACK'] },
  21: { name: 'authenticationMethod', kind: 'text', of: ['CONNACK', 'AUTH'] },
  22: { name: 'authenticationData', kind: 'binary', of: ['CONNACK', 'AUTH'] },
  26: { name: 'responseInformation', kind: 'text', of: ['CONNACK'] },
  28: { name: 'serverReference', kind: 'text', of: ['CONNACK', 'DISCONNECT'] },
  31: { name: 'reasonString', kind: 'text', of: REPLIES },
  33: { name: 'receiveMaximum', kind: 'word', of: ['CONNACK'], positive: true },
  34: { name: 'topicAliasMaximum', kind: 'word', of: ['CONNACK'] },
  35: { name: 'topicAlias', kind: 'word', of: ['PUBLISH'], positive: true },
  36: { name: 'maximumQoS', kind: 'flag', of: ['CONNACK'] },
  37: { name: 'retainAvailable', kind: 'flag', of: ['CONNACK'] },
  38: { name: 'userProperties', kind: 'pair', of: [...REPLIES, 'PUBLISH'], many: true },
  39: { name: 'maximumPacketSize', kind: 'long', of: ['CONNACK'], positive: true },
  40: { name: 'wildcardSubscriptionAvailable', kind: 'flag', of: ['CONNACK'] },
  41: { name: 'subscriptionIdentifiersAvailable', kind: 'flag', of: ['CONNACK'] },
  42: { name: 'sharedSubscriptionAvailable', kind: 'flag', of: ['CONNACK'] },
}

const NONE: Properties = new Map()

/**
 * Reads the properties of an MQTT 5 packet; `packet` is its name. @see MQTT 5.0, section 2.2.2, table 2-4.
 * @throws Malformed when they break the standard
 */
export function readProperties(fields: PacketFields, packet: PacketName): Properties {
  const length = fields.varint()
  if (length === 0) return NONE
  const part = fields.part(length)
  const found = new Map<string, number | string | Buffer>()
  while (part.left > 0) {
    const rule = ruleOf(part.varint(), packet)
    if (found.has(rule.name) && !rule.many) throw new Malformed(`${packet} has ${rule.name} twice`)
    const value = readValue(part, rule.kind, `${packet} has a wrong ${rule.name}`)
    if (rule.positive && value === 0) throw new Malformed(`${packet} has ${rule.name} 0`)
    found.set(rule.name, value)
  }
  return found
}

const NO_MESSAGE_PROPERTIES: MessageProperties = {}

/** Picks, from all properties of a PUBLISH packet, those that burn uses: content type and correlation data. */
export function messageProperties(all: Properties): MessageProperties {
  if (all.size === 0) return NO_MESSAGE_PROPERTIES
  const contentType = all.get('contentType')
  const correlationData = all.get('correlationData')
  return {
    ...(typeof contentType === 'string' && { contentType }),
    ...(Buffer.isBuffer(correlationData) && { correlationData }),
  }
}

function ruleOf(id: number, packet: PacketName): PropertyRule {
  const rule = Object.hasOwn(RULES, id) ? RULES[id] : undefined
  if (!rule) throw new Malformed(`${packet} has the property ${id}, which no broker may send`)
  if (!rule.of.includes(packet)) throw new Malformed(`${packet} has ${rule.name}, which such a packet cannot have`)
  return rule
}

function readValue(fields: PacketFields, kind: PropertyKind, wrong: string): number | string | Buffer {
  switch (kind) {
    case 'flag': {
      const flag = fields.byte()
      if (flag > 1) throw new Malformed(`${wrong}: ${flag}, where only 0 and 1 are values`)
      return flag
    }
    case 'pair':
      return `${fields.text()}=${fields.text()}`
    default:
      return fields[kind]()
  }
}
