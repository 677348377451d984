import { crc32 } from 'node:zlib'

/**
 * Encodes a message that the mock sends in AWS's binary event-stream format (`application/vnd.amazon.eventstream`). A `name` that begins with
 * `exception:` makes the message an exception.
 */
export function eventStreamMessage(name: string, json: string): Buffer {
  const exception = /^exception:(.*)$/.exec(name)?.[1]
  const headers = Buffer.concat([
    header(exception === undefined ? ':event-type' : ':exception-type', exception ?? name),
    header(':content-type', 'application/json'),
    header(':message-type', exception === undefined ? 'event' : 'exception'),
  ])
  const payload = Buffer.from(json)
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32BE(16 + headers.length + payload.length)
  lengths.writeUInt32BE(headers.length, 4)
  const message = Buffer.concat([lengths, checksum(lengths), headers, payload])
  return Buffer.concat([message, checksum(message)])
}

/** Encodes a header of an AWS event-stream message; its value is a text (type 7). */
function header(name: string, value: string): Buffer {
  const head = Buffer.from(`\0${name}\x07\0\0${value}`)
  head.writeUInt8(name.length)
  head.writeUInt16BE(Buffer.byteLength(value), name.length + 2)
  return head
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}
