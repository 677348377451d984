import { connect, type NetConnectOpts, type Socket } from 'node:net'

const MEMORY_BYTES = 64 * 1024

/** An object to which the bytes from a socket are passed. */
export interface ByteReceiver {
  /** Takes the first `length` bytes of `bytes`; they are valid only during the call. */
  received(bytes: Buffer, length: number): void
}

/** The receivers of the sockets made by `connectShared`, until they have one undefined. */
const receivers = new WeakMap<Socket, { receiver: ByteReceiver | undefined }>()
let memory: Buffer | undefined

/**
 * Connects a socket that reads into a buffer shared by all such sockets, because otherwise Node allocates 64 KiB for each read. Its bytes
 * are passed only to the receiver given to `receiveBytes`; it emits no `data`.
 */
export function connectShared(options: NetConnectOpts): Socket {
  memory ??= Buffer.allocUnsafeSlow(MEMORY_BYTES)
  const shared = memory
  const entry: { receiver: ByteReceiver | undefined } = { receiver: undefined }
  const callback = (length: number) => {
    entry.receiver?.received(shared, length)
    return true
  }
  const socket = connect({ ...options, onread: { buffer: shared, callback } })
  receivers.set(socket, entry)
  return socket
}

/** Passes all further bytes from a socket to `receiver`. */
export function receiveBytes(socket: Socket, receiver: ByteReceiver): void {
  const entry = receivers.get(socket)
  if (entry) entry.receiver = receiver
  else socket.on('data', (bytes: Buffer) => receiver.received(bytes, bytes.byteLength))
}
