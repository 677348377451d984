/** Reads how long a server asks to wait: `RetryInfo` in the details of a status, or the pushback of its retry policy. */
import type { Headers } from '../../../exchange.ts'

/** Field numbers in the messages google.rpc.Status, google.protobuf.Any, google.rpc.RetryInfo and google.protobuf.Duration. */
const DETAILS = 3
const TYPE_URL = 1
const VALUE = 2
const RETRY_DELAY = 1
const SECONDS = 1
const NANOS = 2

/** Returns how long, in ms, a server asks to wait before a retry, from the trailers of a gRPC call; undefined when it does not ask. */
export function retryDelayMs(trailers: Headers): number | undefined {
  const pushback = trailers['grpc-retry-pushback-ms']
  if (pushback !== undefined && /^\d{1,9}$/.test(pushback)) return Number(pushback)
  const details = trailers['grpc-status-details-bin']
  return details === undefined ? undefined : fromDetails(Buffer.from(details, 'base64'))
}

function fromDetails(bytes: Buffer): number | undefined {
  for (const [number, detail] of fieldsOf(bytes)) {
    if (number !== DETAILS || typeof detail === 'number') continue
    const fields = new Map(fieldsOf(detail))
    const [type, value] = [fields.get(TYPE_URL), fields.get(VALUE)]
    if (!Buffer.isBuffer(type) || !type.toString('utf8').endsWith('/google.rpc.RetryInfo') || !Buffer.isBuffer(value)) continue
    const delay = new Map(fieldsOf(value)).get(RETRY_DELAY)
    const duration = new Map(Buffer.isBuffer(delay) ? fieldsOf(delay) : [])
    const [seconds = 0, nanos = 0] = [duration.get(SECONDS), duration.get(NANOS)].map(Number)
    const ms = (seconds || 0) * 1000 + (nanos || 0) / 1e6
    return ms >= 0 && Number.isFinite(ms) ? ms : undefined
  }
  return undefined
}

/** Returns the fields of a protobuf message by number, up to the first byte that cannot be read. Varints become numbers, other fields stay bytes. */
function fieldsOf(bytes: Buffer): [number: number, value: Buffer | number][] {
  const fields: [number, Buffer | number][] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; at < bytes.length && shift < 70; shift += 7) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    at = bytes.length
    return value
  }
  while (at < bytes.length) {
    const tag = varint()
    const type = tag % 8
    if (type === 0) fields.push([Math.floor(tag / 8), varint()])
    else if (type === 1 || type === 5) at += type === 1 ? 8 : 4
    else if (type === 2) {
      const length = varint()
      fields.push([Math.floor(tag / 8), bytes.subarray(at, at + length)])
      at += length
    } else break
  }
  return fields
}
