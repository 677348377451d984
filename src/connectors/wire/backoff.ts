/** How long to wait before each try to reconnect; shared by the connectors that keep a connection by themselves. */
import { createRandom, type Random } from '../../random.ts'

const DEFAULT_BASE_MS = 1000
const DEFAULT_MAX_MS = 30_000

/** How the waits grow; all in ms. */
interface BackoffRule {
  /** Tries after one loss. */
  readonly attempts: number
  /** Longest first wait; 1000 unless given. */
  readonly base?: number | undefined
  readonly factor: number
  /** Longest wait; 30 000 unless given. */
  readonly max?: number | undefined
  readonly jitter: 'full' | 'none'
}

/** Who waits: the same user of a run with the same seed waits equally long. */
interface BackoffUser {
  readonly seed: string | number
  readonly userId: number
}

/** The waits after one loss: exponential, with full jitter unless it is turned off. */
export class Backoff {
  private readonly rule: BackoffRule
  private readonly stream: string
  private readonly user: BackoffUser
  private random: Random | undefined
  private tried = 0

  /** `stream` names the random numbers it draws. */
  constructor(rule: BackoffRule, stream: string, user: BackoffUser) {
    this.rule = rule
    this.stream = stream
    this.user = user
  }

  /** The wait before the next try, in ms; undefined when there have been enough. `leastMs` is what the server asked for: it comes on top. */
  next(leastMs = 0): number | undefined {
    const { attempts, base = DEFAULT_BASE_MS, factor, max = DEFAULT_MAX_MS, jitter } = this.rule
    if (this.tried >= attempts) return undefined
    const longest = Math.min(max, Math.max(base, leastMs) * factor ** this.tried)
    this.tried += 1
    return leastMs + (jitter === 'none' ? longest : this.draw() * longest)
  }

  /** A connection was made: the next loss begins anew. */
  reset(): void {
    this.tried = 0
  }

  /** Users draw from streams of their own, or all would come back at once. */
  private draw(): number {
    this.random ??= createRandom(this.user.seed, this.stream, this.user.userId)
    return this.random.next()
  }
}
