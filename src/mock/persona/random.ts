/** Seeded random numbers in independent streams, so that the draws of one request never change those of another. */

/** A function that returns the next number in [0, 1) of a random stream; equal streams give equal numbers. */
export type MockRandom = () => number

const GOLDEN = 0x9e37_79b9

/** Mixes 32 bits, so that neighbouring inputs give unrelated outputs. */
function scramble(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d)
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Computes a 32-bit hash of texts and numbers; their order matters. */
export function hash(...parts: readonly (string | number)[]): number {
  let state = GOLDEN
  for (const part of parts) {
    if (typeof part === 'number') state = scramble(state ^ scramble(part + GOLDEN))
    else for (let i = 0; i < part.length; i += 1) state = scramble(state ^ part.charCodeAt(i))
  }
  return state
}

/** Makes a random stream that depends only on the given parts, such as seed, purpose and request number. */
export function createRandom(...parts: readonly (string | number)[]): MockRandom {
  let counter = hash(...parts)
  return () => {
    counter = (counter + GOLDEN) >>> 0
    return scramble(counter) / 2 ** 32
  }
}
