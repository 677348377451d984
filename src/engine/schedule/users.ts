/** The users of a run: created when first needed, reused with their connections by later phases. */
import type { IterationOutcome } from '../../metrics/counts/iterations.ts'
import type { ScheduledUser } from './scheduled-user.ts'

/** The numbers of iterations of a run by outcome, warm-ups included. Once the run is over, planned = completed + failed + cut + dropped. */
export interface IterationCounts {
  planned: number
  completed: number
  failed: number
  /** Number of failed iterations that took longer than their time limit. */
  expired: number
  /** Number of failed iterations that the error of a template or condition outside of any attempt ended. */
  faulted: number
  /** Number of failed iterations that failed only because of injected faults. */
  injected: number
  cut: number
  dropped: number
}

/** Creates the simulated users of a run when they are needed, and keeps them for later iterations. */
export class Users {
  private readonly all: ScheduledUser[] = []
  private readonly idle: ScheduledUser[] = []
  private readonly make: (id: number) => ScheduledUser
  private readonly onEnd: (outcome: IterationOutcome, phase: number, iteration: number) => void
  /** Number of users that `launch` has given work and that have not finished it. */
  private atWork = 0
  private whenSettled: (() => void) | undefined
  readonly counts: IterationCounts
  /** The first error that is a bug of burn's own; it ends the run. */
  bug: unknown

  /** Prepares the users of a run; none is made yet. `counts` is increased for the outcome of each iteration; `onEnd` is called after that. */
  constructor(
    counts: IterationCounts,
    make: (id: number) => ScheduledUser,
    onEnd: (outcome: IterationOutcome, phase: number, iteration: number) => void,
  ) {
    this.counts = counts
    this.make = make
    this.onEnd = onEnd
  }

  /** Number of users at work: in an iteration, or between two iterations. */
  get busy(): number {
    return this.all.length - this.idle.length
  }

  /** True when a user is idle, so that no new one has to be made. */
  get hasIdle(): boolean {
    return this.idle.length > 0
  }

  /** Number of users made so far. */
  get made(): number {
    return this.all.length
  }

  /** Returns the idle user that worked last, because its connection is the least likely to be closed by now; a new user when none is idle. */
  take(): ScheduledUser {
    const idle = this.idle.pop()
    if (idle) return idle
    const made = this.make(this.all.length)
    this.all.push(made)
    return made
  }

  /** Makes `count` users before the load, and returns them in the order in which they will be taken. */
  makeAhead(count: number): readonly ScheduledUser[] {
    const made = Array.from({ length: count }, (_, index) => this.make(this.all.length + index))
    this.all.push(...made)
    this.idle.unshift(...made.toReversed())
    return made
  }

  /**
   * Runs `work` with an idle or new user. When `freed` is called afterwards, the user is idle again. An error of either function is kept as `bug`.
   */
  launch(work: (user: ScheduledUser) => Promise<void>, freed: () => void): void {
    this.atWork += 1
    void this.run(this.take(), work, freed)
  }

  private async run(user: ScheduledUser, work: (user: ScheduledUser) => Promise<void>, freed: () => void): Promise<void> {
    try {
      await work(user)
    } catch (error) {
      this.bug ??= error
    }
    this.idle.push(user)
    try {
      freed()
    } catch (error) {
      this.bug ??= error
    }
    this.atWork -= 1
    if (this.atWork === 0) this.whenSettled?.()
  }

  /** Counts the outcome of an iteration; `iteration` is its number in the run. */
  ended(outcome: IterationOutcome, phase: number, iteration: number): void {
    this.counts[outcome] += 1
    if (outcome === 'expired' || outcome === 'faulted' || outcome === 'injected') this.counts.failed += 1
    this.onEnd(outcome, phase, iteration)
  }

  /** Resolves when no user is at work any more. */
  async settled(): Promise<void> {
    while (this.atWork > 0)
      await new Promise<void>((resolve) => {
        this.whenSettled = resolve
      })
  }

  cancel(): void {
    for (const user of this.all) user.cancel()
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.all.map((user) => user.close()))
  }
}
