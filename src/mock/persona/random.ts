/** Seeded random numbers in independent streams, so that the draws of one request never change those of another. */

/** The mock's source of random numbers: each call returns the next one, from 0 to less than 1. */
export type MockRandom = () => number

const GOLDEN = 0x9e37_79b9

/** Mixes the bits of a 32-bit number, so that neighbouring numbers give unrelated results. */
function scramble(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d)
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Returns a 32-bit hash of texts and numbers, which depends on their order. The mock derives its random numbers from it. */
export function hash(...parts: readonly (string | number)[]): number {
  let state = GOLDEN
  for (const part of parts) {
    if (typeof part === 'number') state = scramble(state ^ scramble(part + GOLDEN))
    else for (let i = 0; i < part.length; i += 1) state = scramble(state ^ part.charCodeAt(i))
  }
  return state
}

/** Returns a source of random numbers for the mock. Equal `parts`, such as seed, purpose and request number, give equal numbers. */
export function createRandom(...parts: readonly (string | number)[]): MockRandom {
  let counter = hash(...parts)
  return () => {
    counter = (counter + GOLDEN) >>> 0
    return scramble(counter) / 2 ** 32
  }
}
