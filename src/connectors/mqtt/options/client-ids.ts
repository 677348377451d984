import { randomBytes } from 'node:crypto'

/** Two runs at the same broker must not throw each other out, however they are started: this is not drawn from the seed. */
const MARK = randomBytes(4).toString('hex')

/** The id of one user's client: the same on each of its connections, and like no other. */
export function clientIdOf(prefix: string, userId: number): string {
  return `${prefix}-${MARK}-${userId}`
}
