/** Retries can be saved up for this number of first attempts: with a share of 20 %, at most 20. */
const SAVED_FROM = 100

interface Account {
  /** Number of retries that may be made now; it grows by a share of each first attempt. */
  left: number
  /** Number of first attempts that `left` already includes. */
  counted: number
}

/**
 * Limits how often requests are retried, for each target on its own. The number of retries may be at most the fraction `share` of the first attempts:
 * with 20 %, one retry for every five. Retries that are not used may be made later, but no more than 100 first attempts allow.
 */
export class RetryBudgets {
  private readonly firsts: number[] = []
  /** The remaining retries of each target, by target and share. */
  private readonly accounts = new Map<string, Account>()

  /** Counts a first attempt at a target, given by its index in the plan. */
  first(target: number): void {
    this.firsts[target] = (this.firsts[target] ?? 0) + 1
  }

  /** Takes one retry from the retry budget of a target. Returns false when none is left. */
  take(target: number, share: number): boolean {
    const key = `${target} ${share}`
    const { left, counted } = this.accounts.get(key) ?? { left: 0, counted: 0 }
    const firsts = this.firsts[target] ?? 0
    const saved = Math.min(Math.max(1, share * SAVED_FROM), left + (firsts - counted) * share)
    // Numbers such as 0.2 are not exact in binary, but five times 0.2 must give one retry.
    const mayRetry = saved > 1 - 1e-9
    this.accounts.set(key, { left: mayRetry ? saved - 1 : saved, counted: firsts })
    return mayRetry
  }
}
