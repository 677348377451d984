import type { Packet } from 'mqtt'
import { Malformed } from './fields.ts'
import type { PacketName, Version } from './names.ts'
import type { Received } from './packet.ts'

/**
 * What burn's CONNECT packet said to an MQTT broker, such as the version and whether it asked for a new session. This decides which answers of the
 * broker are valid.
 */
export interface Opening {
  readonly version: Version
  /** True when CONNECT asked for a new session. */
  readonly clean: boolean
  /** True when this client id is used for the first time, so that the broker cannot have a session for it. */
  readonly first: boolean
  /** Authentication method of CONNECT; undefined when it named none. */
  readonly method: string | undefined
}

/** A packet of burn that the broker has to answer. */
interface Owed {
  /** The next packet of the handshake. Only a PUBREL comes from burn, all others from the broker. */
  awaits: PacketName
  /** Number of reason codes that the answer must have. */
  readonly count: number
  /** True when no exchange waits for the answer any more, though the broker still has to send it. */
  abandoned: boolean
  /** Number of the delivery (bytes read at once) during which the packet was sent; an answer in the same one is too early. */
  readonly delivery: number
}

/**
 * Checks that an MQTT broker sends only packets that are allowed at this point of the connection. For each packet of burn that needs an answer, it
 * remembers which packet must come next. A publish of QoS 1 needs a PUBACK; one of QoS 2 needs a PUBREC, then burn's PUBREL, then a PUBCOMP, and
 * ends early when the PUBREC refuses it.
 */
export class Dialogue {
  private readonly opening: Opening
  private readonly owed = new Map<number, Owed>()
  /** Ids of received messages of QoS 2 whose PUBREL has not come. */
  private readonly incoming = new Set<number>()
  /** Number of publishes of QoS 1 and 2 that count against the broker's receive maximum. */
  unacknowledged = 0
  private delivery = 0
  private accepted = false
  private resumed = false

  constructor(opening: Opening) {
    this.opening = opening
  }

  /** Counts a delivery of bytes from the socket. To be called before the packets in it are checked. */
  delivered(): void {
    this.delivery += 1
  }

  /** Records which answer the broker owes to a packet of burn. To be called before the packet is written. */
  sent(packet: Packet): void {
    const id = packet.messageId ?? 0
    switch (packet.cmd) {
      case 'publish':
        if (packet.qos > 0) this.owe(id, packet.qos === 1 ? 'PUBACK' : 'PUBREC')
        break
      case 'pubrel':
        this.owe(id, 'PUBCOMP', 1, this.owed.get(id)?.abandoned)
        break
      case 'subscribe':
        this.owe(id, 'SUBACK', packet.subscriptions.length)
        break
      case 'unsubscribe':
        this.owe(id, 'UNSUBACK', packet.unsubscriptions.length)
    }
  }

  /** Records that no exchange waits for the answer to this packet any more. The answer may still come. */
  abandon(id: number): void {
    const owed = this.owed.get(id)
    if (owed) owed.abandoned = true
  }

  /**
   * Checks a packet of the broker. Returns `mine` for an awaited answer, `late` for one that nobody waits for any more, and `none` for other packets.
   * `used` returns true for ids of packets that burn has sent. @throws Malformed when the packet is not allowed at this point
   */
  received(packet: Received, used: (id: number) => boolean): 'mine' | 'late' | 'none' {
    if (packet.name === 'CONNACK') this.connack(packet)
    else if (packet.name === 'AUTH') this.auth(packet)
    else if (!this.accepted) throw new Malformed(`expected CONNACK, got ${packet.name}`)
    switch (packet.name) {
      case 'PUBLISH':
        if (packet.qos === 2) this.incoming.add(packet.id)
        return 'none'
      case 'PUBREL':
        if (!this.incoming.delete(packet.id) && !this.resumed)
          throw new Malformed(`PUBREL for packet ${packet.id}, which the broker never published`)
        return 'none'
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
      case 'SUBACK':
      case 'UNSUBACK':
        return this.answer(packet, used)
      default:
        return 'none'
    }
  }

  private owe(id: number, awaits: PacketName, count = 1, abandoned = false): void {
    if (isPublish(awaits) && !this.owed.has(id)) this.unacknowledged += 1
    this.owed.set(id, { awaits, count, abandoned, delivery: this.delivery })
  }

  private answer({ name, id, codes }: Received, used: (id: number) => boolean): 'mine' | 'late' {
    const owed = this.owed.get(id)
    if (!owed) {
      if (this.resumed || used(id)) return 'late'
      throw new Malformed(`${name} for packet ${id}, which was never sent`)
    }
    // MQTT 3.1.1 allows a PUBREC to be sent again; each needs a PUBREL.
    if (name === 'PUBREC' && owed.awaits === 'PUBCOMP' && this.opening.version === 4) return 'late'
    if (name !== owed.awaits) throw new Malformed(`${name} for packet ${id}, whose next answer is ${spoken(owed.awaits)}`)
    // A packet that came in the same delivery as the PUBREC was written before the PUBREL arrived.
    if (name === 'PUBCOMP' && owed.delivery === this.delivery) throw new Malformed(`PUBCOMP for packet ${id} before our PUBREL`)
    if (codes.length > 0 && codes.length !== owed.count)
      throw new Malformed(`${name} has ${codes.length} codes for ${owed.count} topics`)
    if (name === 'PUBREC' && (codes[0] ?? 0) < 0x80) owed.awaits = 'PUBREL'
    else this.settle(id, name)
    return owed.abandoned ? 'late' : 'mine'
  }

  private settle(id: number, by: PacketName): void {
    this.owed.delete(id)
    if (isPublish(by)) this.unacknowledged -= 1
  }

  private connack({ codes, sessionPresent, properties }: Received): void {
    if (this.accepted) throw new Malformed('a second CONNACK')
    const { clean, first, method } = this.opening
    if (sessionPresent && clean) throw new Malformed('CONNACK says that there is a session, though a new one was asked for')
    if (sessionPresent && first) throw new Malformed('CONNACK says that there is a session, though this client never had one')
    if (properties.has('responseInformation')) throw new Malformed('CONNACK has responseInformation, which was not asked for')
    this.checkMethod('CONNACK', properties.get('authenticationMethod'), method !== undefined && codes[0] === 0)
    this.accepted = codes[0] === 0
    this.resumed = sessionPresent
  }

  private auth({ codes, properties }: Received): void {
    if (this.opening.method === undefined) throw new Malformed('AUTH, though CONNECT named no authentication method')
    if (this.accepted) throw new Malformed('AUTH after CONNACK, though nobody asked to authenticate again')
    if (codes[0] !== 0x18) throw new Malformed('AUTH ends the authentication, which is for CONNACK to do')
    this.checkMethod('AUTH', properties.get('authenticationMethod'), true)
  }

  private checkMethod(packet: PacketName, said: unknown, needed: boolean): void {
    if (said === undefined ? needed : said !== this.opening.method)
      throw new Malformed(`${packet} has ${said === undefined ? 'no authentication method' : 'another authentication method'}`)
  }
}

/** True when the next packet of the handshake belongs to a publish. */
function isPublish(awaits: PacketName): boolean {
  return awaits.startsWith('PUB')
}

function spoken(awaits: PacketName): string {
  return awaits === 'PUBREL' ? 'none before our PUBREL' : awaits
}
