/**
 * The local ends of connections that go out from `localAddresses`. burn chooses their ports itself: the system would let a port of such an
 * address serve one connection, whatever its target, and looks longer for a free one the fewer there are (17 ms with 16,000 in use).
 */
import { isIP, type NetConnectOpts } from 'node:net'
import { localPortRange, type PortRange } from '../../../machine.ts'
import { isPortInUse } from './errors.ts'
import { FreePorts } from './free-ports.ts'

/** How many ports are tried for one connection before it fails, as other processes may have any of them. */
const MOST_TRIES = 200

let range: PortRange | null | undefined
/** The ports of each local address that lead to one host and port, by all three. */
const portsTo = new Map<string, FreePorts>()

/** A local address and port that a connection goes out from. */
class LocalEnd {
  readonly localAddress: string
  /** Left out where the range of local ports is unknown: the system chooses then. */
  readonly localPort?: number
  private readonly ports: FreePorts | undefined

  constructor(localAddress: string, ports?: FreePorts, localPort?: number) {
    this.localAddress = localAddress
    this.ports = ports
    if (localPort !== undefined) this.localPort = localPort
  }

  /** To be called once, when the socket is closed. */
  release(): void {
    if (this.localPort !== undefined) this.ports?.release(this.localPort)
  }

  /** Lets the next connection look for a port elsewhere. */
  avoid(): void {
    this.ports?.jump()
  }
}

/** Returns a free end with this address for a connection to a host and port; undefined when there is none. */
function endAt(localAddress: string, host: string, port: number): LocalEnd | undefined {
  if (range === undefined) range = localPortRange()
  if (range === null) return new LocalEnd(localAddress)
  const key = `${localAddress} ${host} ${port}`
  const ports = portsTo.get(key) ?? new FreePorts(range, process.pid)
  portsTo.set(key, ports)
  const localPort = ports.take()
  return localPort === undefined ? undefined : new LocalEnd(localAddress, ports, localPort)
}

/** The addresses of one list, which have their turns; those of IPv4 and of IPv6 apart. */
class Turns {
  private readonly addresses: readonly string[]
  private turn = 0

  constructor(addresses: readonly string[]) {
    this.addresses = addresses
  }

  /** Returns an end with the next address that has a free one, or why none can be used. */
  next(host: string, port: number): LocalEnd | Error {
    const { addresses } = this
    for (let tried = 0; tried < addresses.length; tried += 1) {
      const localAddress = addresses[this.turn++ % addresses.length] ?? ''
      const end = endAt(localAddress, host, port)
      if (end) return end
    }
    if (addresses.length > 0)
      return coded(
        'EADDRNOTAVAIL',
        'connect',
        `all ports of the ${addresses.length} localAddresses to ${host}:${port} are in use`,
      )
    return coded('EADDRNOTAVAIL', 'bind', `localAddresses has no address of the family of ${host}`)
  }
}

const coded = (code: string, syscall: string, message: string) => Object.assign(new Error(message), { code, syscall })

const turnsOf = new WeakMap<readonly string[], Readonly<Record<'v4' | 'v6', Turns>>>()

/** Chooses the local address and port for one connection that is being opened, and others when the system says that they are in use. */
export class LocalSide {
  private readonly turns: Readonly<Record<'v4' | 'v6', Turns>>
  private tries = 0
  /** The address of the last try, whose turn it still is when only its port was in use. */
  private again: string | undefined

  /** `addresses` is the list of a target, whose connections share their turns. */
  constructor(addresses: readonly string[]) {
    const known = turnsOf.get(addresses)
    const of = (family: number) => new Turns(addresses.filter((address) => isIP(address) === family))
    this.turns = known ?? { v4: of(4), v6: of(6) }
    if (!known) turnsOf.set(addresses, this.turns)
  }

  /** Takes an end to connect from, or returns why there is none; undefined for a Unix socket, which has no address. */
  take(to: NetConnectOpts): LocalEnd | Error | undefined {
    if (!('port' in to) || to.host === undefined) return undefined
    this.tries += 1
    const end = this.again === undefined ? undefined : endAt(this.again, to.host, to.port)
    this.again = undefined
    return end ?? this.turns[isIP(to.host) === 6 ? 'v6' : 'v4'].next(to.host, to.port)
  }

  /** True when `error`, which the connection from `end` failed by, means that another process uses the port, so that another may do. */
  mayRepeat(end: LocalEnd, error: Error): boolean {
    if (!isPortInUse(error)) return false
    end.avoid()
    const mayRepeat = this.tries < MOST_TRIES
    if (mayRepeat) this.again = end.localAddress
    return mayRepeat
  }
}
