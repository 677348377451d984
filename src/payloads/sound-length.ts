/** Finds out the length of a sound from its file. */

const HEAD_BYTES = 12
const CHUNK_HEAD_BYTES = 8
/** The offset, in the chunk `fmt ` of a WAV file, of the number of bytes per second. */
const BYTE_RATE_AT = 8

/** Returns the length of a WAV file in ms; undefined for other files, and for a WAV file whose chunks are damaged. */
export function soundLengthMs(file: Buffer): number | undefined {
  if (file.length < HEAD_BYTES || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    return undefined
  let bytesPerSecond = 0
  for (let at = HEAD_BYTES; at + CHUNK_HEAD_BYTES <= file.length; ) {
    const name = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    const from = at + CHUNK_HEAD_BYTES
    if (name === 'fmt ' && from + BYTE_RATE_AT + 4 <= file.length) bytesPerSecond = file.readUInt32LE(from + BYTE_RATE_AT)
    // A recorder that was cut off leaves the size open: then the sound goes on to the end of the file.
    if (name === 'data') return bytesPerSecond > 0 ? (1000 * Math.min(size, file.length - from)) / bytesPerSecond : undefined
    at = from + size + (size % 2)
  }
  return undefined
}
