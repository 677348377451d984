/** A server that says everything back. */
import { text } from '../../servers/ws-frames.ts'
import type { Peer } from '../../servers/ws-raw.ts'

export const echo = { message: ({ socket }: Peer, said: string) => void socket.write(text(said)) }
