/** The number of samples per second of a generated sound. Speech models work with this rate and 16 bits per sample. */
const RATE = 16_000
const HEADER_BYTES = 44

/** Returns a WAV file (PCM, mono, 16 bits, 16 kHz) that contains silence of the given length in ms, to be sent as a sound; each ms takes 32 bytes. */
export function silentWav(ms: number): Buffer {
  const bytes = Math.round((ms * RATE) / 1000) * 2
  const file = Buffer.alloc(HEADER_BYTES + bytes)
  file.write('RIFF', 0)
  file.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE, 24)
  file.writeUInt32LE(RATE * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36)
  file.writeUInt32LE(bytes, 40)
  return file
}
