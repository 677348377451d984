import { createRandom, type Random } from '../../../random.ts'

const DEFAULT_BASE_MS = 1000
const DEFAULT_MAX_MS = 30_000

/** How the waits between tries to reconnect grow; times are in ms. */
interface BackoffRule {
  /** The largest number of tries after one lost connection. */
  readonly attempts: number
  /** The first wait in ms, before jitter; 1000 when not given. */
  readonly base?: number | undefined
  readonly factor: number
  /** The longest wait in ms; 30 000 when not given. */
  readonly max?: number | undefined
  readonly jitter: 'full' | 'none'
}

/** The user that waits. The same user in a second run with the same seed waits for the same times. */
interface BackoffUser {
  readonly seed: string | number
  readonly userId: number
}

/** Computes how long to wait before each try to reconnect, by exponential back-off. The wait is random (full jitter), unless `jitter` is `none`. */
export class Backoff {
  private readonly rule: BackoffRule
  private readonly stream: string
  private readonly user: BackoffUser
  private random: Random | undefined
  private tried = 0

  /** `stream` names the random stream from which the jitter is drawn. */
  constructor(rule: BackoffRule, stream: string, user: BackoffUser) {
    this.rule = rule
    this.stream = stream
    this.user = user
  }

  /** Returns the wait before the next try in ms, at least `leastMs`, which the server asked for; undefined after the last try. */
  next(leastMs = 0): number | undefined {
    const { attempts, base = DEFAULT_BASE_MS, factor, max = DEFAULT_MAX_MS, jitter } = this.rule
    if (this.tried >= attempts) return undefined
    const longest = Math.min(max, Math.max(base, leastMs) * factor ** this.tried)
    this.tried += 1
    return leastMs + (jitter === 'none' ? longest : this.draw() * longest)
  }

  /** Starts again with the first wait: to be called when a connection was made. */
  reset(): void {
    this.tried = 0
  }

  /** Returns a random number from the user's own stream. With one stream for all, users could reconnect at the same moment. */
  private draw(): number {
    this.random ??= createRandom(this.user.seed, this.stream, this.user.userId)
    return this.random.next()
  }
}
