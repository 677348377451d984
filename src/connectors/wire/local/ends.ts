/**
 * Chooses the local address and port of connections that use `localAddresses`. burn chooses the ports itself, because the system would use each port
 * of such an address for one connection only, whatever its target, and searches slowly when few are free (17 ms with 16,000 in use).
 */
import { isIP, type NetConnectOpts } from 'node:net'
import { localPortRange, type PortRange } from '../../../machine.ts'
import { isPortInUse } from './errors.ts'
import { FreePorts } from './free-ports.ts'

/** How many local ports are tried for one connection before it fails, because other processes may use any of them. */
const MOST_TRIES = 200

let range: PortRange | null | undefined
/** The free ports of each local address for connections to one host and port. The key consists of all three. */
const portsTo = new Map<string, FreePorts>()

/** A local address and port that a connection goes out from. */
class LocalEnd {
  readonly localAddress: string
  /** The local port; left out when the range of local ports is unknown, so that the system chooses. */
  readonly localPort?: number
  private readonly ports: FreePorts | undefined

  constructor(localAddress: string, ports?: FreePorts, localPort?: number) {
    this.localAddress = localAddress
    this.ports = ports
    if (localPort !== undefined) this.localPort = localPort
  }

  /** Makes the port free again. To be called once, when the socket is closed. */
  release(): void {
    if (this.localPort !== undefined) this.ports?.release(this.localPort)
  }

  /** Lets the next connection try other ports, because this one is in use elsewhere. */
  avoid(): void {
    this.ports?.jump()
  }
}

/** Returns a free port of this local address for a connection to a host and port; undefined when all are in use. */
function endAt(localAddress: string, host: string, port: number): LocalEnd | undefined {
  if (range === undefined) range = localPortRange()
  if (range === null) return new LocalEnd(localAddress)
  const key = `${localAddress} ${host} ${port}`
  const ports = portsTo.get(key) ?? new FreePorts(range, process.pid)
  portsTo.set(key, ports)
  const localPort = ports.take()
  return localPort === undefined ? undefined : new LocalEnd(localAddress, ports, localPort)
}

/** Hands out the local addresses of one list in turn. IPv4 and IPv6 addresses have a list each. */
class Turns {
  private readonly addresses: readonly string[]
  private turn = 0

  constructor(addresses: readonly string[]) {
    this.addresses = addresses
  }

  /** Returns a local end with the next address that has a free port, or an error that says why there is none. */
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

/**
 * Chooses the local IP address and port from which one connection is opened. When the operating system says that the pair is in use, it chooses
 * another.
 */
export class LocalSide {
  private readonly turns: Readonly<Record<'v4' | 'v6', Turns>>
  private tries = 0
  /** The address of the last try, which is used again when only its port was in use; undefined otherwise. */
  private again: string | undefined

  /** `addresses` is the list of a target, whose connections use the addresses in turn. */
  constructor(addresses: readonly string[]) {
    const known = turnsOf.get(addresses)
    const of = (family: number) => new Turns(addresses.filter((address) => isIP(address) === family))
    this.turns = known ?? { v4: of(4), v6: of(6) }
    if (!known) turnsOf.set(addresses, this.turns)
  }

  /** Returns a local address and port to connect from, or an error that says why there is none; undefined for a Unix socket, which has no address. */
  take(to: NetConnectOpts): LocalEnd | Error | undefined {
    if (!('port' in to) || to.host === undefined) return undefined
    this.tries += 1
    const end = this.again === undefined ? undefined : endAt(this.again, to.host, to.port)
    this.again = undefined
    return end ?? this.turns[isIP(to.host) === 6 ? 'v6' : 'v4'].next(to.host, to.port)
  }

  /** True when the connection failed because another process uses its local port, so that another port may work. */
  mayRepeat(end: LocalEnd, error: Error): boolean {
    if (!isPortInUse(error)) return false
    end.avoid()
    const mayRepeat = this.tries < MOST_TRIES
    if (mayRepeat) this.again = end.localAddress
    return mayRepeat
  }
}
