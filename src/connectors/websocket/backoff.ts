/** How long to wait before each try to reconnect. */
import { createRandom, type Random } from '../../random.ts'
import type { ReconnectBlock } from './options.ts'

const DEFAULT_BASE_MS = 1000
const DEFAULT_MAX_MS = 30_000

/** The waits after one loss: exponential, with full jitter unless it is turned off. */
export class Backoff {
  private readonly rule: ReconnectBlock
  private readonly userId: number
  private random: Random | undefined
  private tried = 0

  constructor(rule: ReconnectBlock, userId: number) {
    this.rule = rule
    this.userId = userId
  }

  /** The wait before the next try, in ms; undefined when there have been enough. */
  next(): number | undefined {
    const { attempts, base = DEFAULT_BASE_MS, factor, max = DEFAULT_MAX_MS, jitter } = this.rule
    if (this.tried >= attempts) return undefined
    const longest = Math.min(max, base * factor ** this.tried)
    this.tried += 1
    return jitter === 'none' ? longest : this.draw() * longest
  }

  /** A connection was made: the next loss begins anew. */
  reset(): void {
    this.tried = 0
  }

  /** Users draw from streams of their own, or all would come back at once. */
  private draw(): number {
    this.random ??= createRandom('websocket reconnect', this.userId)
    return this.random.next()
  }
}
