/** Seeded random numbers: independent streams, so that one request's draws never shift another's. */

/** Gives numbers in [0, 1), the same ones for the same stream. */
export type MockRandom = () => number

const GOLDEN = 0x9e37_79b9

/** Scrambles 32 bits so that neighbouring inputs give unrelated outputs. */
function scramble(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d)
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Folds texts and numbers into 32 bits; the order matters. */
export function hash(...parts: readonly (string | number)[]): number {
  let state = GOLDEN
  for (const part of parts) {
    if (typeof part === 'number') state = scramble(state ^ scramble(part + GOLDEN))
    else for (let i = 0; i < part.length; i += 1) state = scramble(state ^ part.charCodeAt(i))
  }
  return state
}

/** A stream of its own for each distinct list of parts, such as seed, purpose and request number. */
export function createRandom(...parts: readonly (string | number)[]): MockRandom {
  let counter = hash(...parts)
  return () => {
    counter = (counter + GOLDEN) >>> 0
    return scramble(counter) / 2 ** 32
  }
}
