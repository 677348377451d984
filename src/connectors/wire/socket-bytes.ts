import { connect, type NetConnectOpts, type Socket } from 'node:net'

const MEMORY_BYTES = 64 * 1024

/** An object to which the bytes from a socket are passed. */
export interface ByteReceiver {
  /** Takes the first `length` bytes of `bytes`; they are valid only during the call. */
  received(bytes: Buffer, length: number): void
}

/** The receiver of each socket that `connectShared` has made; undefined until `receiveBytes` sets it. */
const receivers = new WeakMap<Socket, { receiver: ByteReceiver | undefined }>()
let memory: Buffer | undefined

/**
 * Connects a socket that reads into one buffer shared by all such sockets, because otherwise Node allocates 64 KiB for each read. The bytes go only
 * to the receiver that `receiveBytes` sets; the socket emits no `data`.
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

const views = new Map<number, Buffer>()
/** The largest number of views that are kept; with more, the list is emptied. The pieces of a stream have few different sizes. */
const MAX_VIEWS = 512

/**
 * Returns a view of `bytes` from index `start` up to `end`, without copying them. If `bytes` is the buffer that all sockets share, the view is valid
 * only until any socket is read again. Views of that buffer are cached, because making one is slow.
 */
export function viewOf(bytes: Buffer, start: number, end: number): Buffer {
  if (bytes !== memory) return bytes.subarray(start, end)
  const key = start * (MEMORY_BYTES + 1) + end
  const known = views.get(key)
  if (known) return known
  const view = bytes.subarray(start, end)
  if (views.size >= MAX_VIEWS) views.clear()
  views.set(key, view)
  return view
}

/** Passes all further bytes from a socket to `receiver`. */
export function receiveBytes(socket: Socket, receiver: ByteReceiver): void {
  const entry = receivers.get(socket)
  if (entry) entry.receiver = receiver
  else socket.on('data', (bytes: Buffer) => receiver.received(bytes, bytes.byteLength))
}
