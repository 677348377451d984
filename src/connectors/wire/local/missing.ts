import { createSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { isForeignAddress } from './errors.ts'

/**
 * Returns, of the given local IP addresses, those that this machine does not have. To find out, it binds a UDP socket to each in turn; nothing is
 * sent.
 */
export async function missingAddresses(addresses: readonly string[]): Promise<string[]> {
  const missing: string[] = []
  for (const address of addresses) if (!(await canBind(address))) missing.push(address)
  return missing
}

/** Returns false only when this machine does not have the address; true also when all of its ports are in use. */
function canBind(address: string): Promise<boolean> {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', (error) => socket.close(() => resolve(!isForeignAddress(error))))
    socket.bind({ address, port: 0, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
