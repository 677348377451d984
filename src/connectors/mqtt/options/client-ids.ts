import { randomBytes } from 'node:crypto'

/** Part of all client ids of this process. It is not derived from the seed, because two runs at one broker must not replace each other. */
const MARK = randomBytes(4).toString('hex')

/** Returns the MQTT client id of a user: unique, and the same on each of its connections. */
export function clientIdOf(prefix: string, userId: number): string {
  return `${prefix}-${MARK}-${userId}`
}
