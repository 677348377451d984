/** Seeded random numbers in named, independent streams. The same seed and path give the same numbers in any process. */
import { hash } from 'node:crypto'

const TWO_POW_26 = 67_108_864
const TWO_POW_53 = 9_007_199_254_740_992
/** The number of first values that are thrown away, so that the values used depend on every bit of the seed. */
const WARM_UP_ROUNDS = 12

/** A seeded stream of pseudo-random numbers. It takes little memory, 128 bits, so each user can have a stream of its own. */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  /** Makes a stream from three 32-bit words. Call `createRandom` instead, which derives them from a seed. */
  constructor(a: number, b: number, c: number) {
    this.a = a | 0
    this.b = b | 0
    this.c = c | 0
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) this.word()
  }

  /** Returns 32 random bits as an unsigned integer, by Chris Doty-Humphrey's generator sfc32. */
  word(): number {
    const sum = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Returns a random number from 0 up to, but not including, 1, evenly distributed, with 53 random bits. */
  next(): number {
    const high = this.word() >>> 5
    const low = this.word() >>> 6
    return (high * TWO_POW_26 + low) / TWO_POW_53
  }

  /** Returns a random whole number from `min` to `max`, both included. Throws RangeError if one is not whole, or min > max. */
  int(min: number, max: number): number {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || max < min) {
      throw new RangeError(`no whole number lies between ${min} and ${max}`)
    }
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** Returns an exponentially distributed number with this mean, such as the gap between random arrivals. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  /** Returns a normally distributed number (by Box and Muller). It may be negative: the caller must limit it where needed. */
  normal(mean: number, standardDeviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.next())
  }

  /**
   * Returns a gamma-distributed number with this mean; its standard deviation is the mean ÷ √shape.
   * @see G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000)
   */
  gamma(shape: number, mean: number): number {
    // The method needs a shape of 1 or more; a power of a uniform number brings the result of shape + 1 down to a smaller one.
    if (shape < 1) return this.gamma(shape + 1, (mean * (shape + 1)) / shape) * (1 - this.next()) ** (1 / shape)
    const d = shape - 1 / 3
    for (;;) {
      const x = this.normal(0, 1)
      const v = (1 + x / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(1 - this.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v * mean) / shape
    }
  }

  /** Returns a random item of a list. Throws RangeError when the list is empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('there is nothing to pick from')
    return list[this.int(0, list.length - 1)] as T // the index is in range, and T itself may hold undefined
  }

  /** Returns the index of a random choice, each as likely as its weight says; −1 when there are no choices. */
  pickWeighted(choices: readonly { readonly weight: number }[]): number {
    const total = choices.reduce((sum, choice) => sum + choice.weight, 0)
    let left = this.next() * total
    const index = choices.findIndex(({ weight }) => {
      left -= weight
      return left < 0
    })
    return index === -1 ? choices.length - 1 : index
  }

  /** Returns `count` random bytes. */
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.word() >>> 24)
  }

  /** Returns `count` random bytes as lower-case hexadecimal, two digits each. */
  hex(count: number): string {
    return Buffer.from(this.bytes(count)).toString('hex')
  }

  /** Returns a UUID of version 4 (RFC 9562) drawn from this stream: unique within a run, not secret. */
  uuid(): string {
    const bytes = this.bytes(16)
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    return Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
}

/**
 * Returns the stream of random numbers for a seed and a path (the names and numbers that say what the stream is for), such as `createRandom(seed,
 * 'user', 7)`. The same arguments always give the same numbers; streams of different paths are independent. The seeds 7 and '7' are the same.
 */
export function createRandom(seed: string | number, ...path: readonly (string | number)[]): Random {
  // Lengths keep ['ab', 'c'] and ['a', 'bc'] apart.
  const key = [seed, ...path].map((part) => `${String(part).length}:${part}`).join('/')
  const digest = hash('sha256', key, 'buffer')
  return new Random(digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8))
}
