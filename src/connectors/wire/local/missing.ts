import { createSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { isForeignAddress } from './errors.ts'

/** Resolves with those of the addresses that this machine does not have. Binds a UDP socket to each, one after the other, and sends nothing. */
export async function missingAddresses(addresses: readonly string[]): Promise<string[]> {
  const missing: string[] = []
  for (const address of addresses) if (!(await canBind(address))) missing.push(address)
  return missing
}

/** False only when the address is none of this machine: an address whose ports are all in use is one. */
function canBind(address: string): Promise<boolean> {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', (error) => socket.close(() => resolve(!isForeignAddress(error))))
    socket.bind({ address, port: 0, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
