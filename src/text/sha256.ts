/** SHA-256 in JavaScript for short texts, because Node's own is in a module that takes longer to load than hashing them takes here. */
import { createHash } from 'node:crypto'

/** Longest text, in bytes, that is hashed here. */
const SHORT_BYTES = 32 * 1024

const PRIMES = [2]
for (let n = 3; PRIMES.length < 64; n += 2) if (PRIMES.every((prime) => n % prime !== 0)) PRIMES.push(n)
/** The first 32 bits of the fractions of the primes' square roots and cube roots (FIPS 180-4, sections 4.2.2 and 5.3.3). */
const fraction = (value: number): number => Math.floor((value % 1) * 2 ** 32) | 0
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)))

const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/** Returns the SHA-256 hash (32 bytes) of a text in UTF-8. */
export function sha256(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > SHORT_BYTES) return createHash('sha256').update(bytes).digest()
  const blocks = Buffer.alloc(Math.ceil((bytes.length + 9) / 64) * 64)
  bytes.copy(blocks)
  blocks[bytes.length] = 0x80
  blocks.writeBigUInt64BE(BigInt(bytes.length) * 8n, blocks.length - 8)
  const state = Int32Array.from(START)
  const words = new Int32Array(64)
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = blocks.readInt32BE(at + i * 4)
    addBlock(state, words)
  }
  const hash = Buffer.alloc(32)
  state.forEach((word, i) => void hash.writeInt32BE(word, i * 4))
  return hash
}

/** Changes the state by one block, whose 16 words stand at the beginning of `words` (FIPS 180-4, section 6.2.2). */
function addBlock(state: Int32Array, words: Int32Array): void {
  const word = (i: number) => words[i] ?? 0
  for (let i = 16; i < 64; i += 1) {
    const [early, late] = [word(i - 15), word(i - 2)]
    const sum = (turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)) + (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10))
    words[i] = word(i - 16) + sum + word(i - 7)
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i += 1) {
    const one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + (CONSTANTS[i] ?? 0) + word(i)
    const two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i += 1) state[i] = (state[i] ?? 0) + (sums[i] ?? 0)
}
