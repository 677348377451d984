/** Starts runs when they are due, in the foreground, until a number of them was started or the user stops it. */
import { after } from '../../clock.ts'
import { formatMs } from '../../text/units.ts'
import type { Overlap } from './systems/overlap.ts'
import type { CronTimes } from './times.ts'

interface DueRunsOptions {
  readonly times: CronTimes
  readonly overlap: Overlap
  /** The number of runs after which the schedule ends; undefined when it never ends. */
  readonly maxRuns: number | undefined
  /** Starts run number `n`; resolves with its exit code when it has ended. */
  readonly start: (n: number) => Promise<number>
  /** Prints a line about what happens. */
  readonly say: (text: string) => void
  /** Returns the time of the wall clock, in ms since 1970, which may jump. */
  readonly wall: () => number
}

/** How often the wall clock is read at least, in ms: it may jump, and timers stand still while the machine sleeps. */
const LOOK_MS = 30_000
/** How late a run may be started, in ms; one that is due longer ago counts as missed. */
const MISSED_MS = 60_000
/** When a timer fires later than this, in ms, the process was stopped meanwhile, for example by SIGSTOP. */
const STOOD_STILL_MS = 1000
/** How far the clock may be set back, in ms, such as by a time server, without making runs due a second time. */
const SET_BACK_MS = 3_600_000
/** The largest number of missed runs that are counted. */
const MAX_COUNTED = 1000

/**
 * Starts runs at the times of a cron expression, in the foreground, until the requested number of runs is over, no further time is due, or `stop` is
 * called.
 */
export class DueRuns {
  private readonly options: DueRunsOptions
  private readonly codes: number[] = []
  private started = 0
  private underWay = 0
  private waiting = false
  /** The time up to which every due run was started, left out or missed, in ms since 1970. */
  private seen: number
  private stopTimer = () => {}
  private ended: (() => void) | undefined
  private stopped = false

  constructor(options: DueRunsOptions) {
    this.options = options
    this.seen = options.wall()
  }

  /**
   * Starts runs when they are due, until there were enough, nothing is due any more, or `stop` was called. Resolves after the last one has
   * ended, with the exit codes in the order in which runs ended.
   */
  async execute(): Promise<readonly number[]> {
    this.sayNext()
    await new Promise<void>((resolve) => {
      this.ended = resolve
      this.look()
    })
    return this.codes
  }

  /** Stops the schedule: no more runs are started. */
  stop(): void {
    this.stopped = true
    this.stopTimer()
    this.endIfDone()
  }

  private get hasEnough(): boolean {
    const { maxRuns } = this.options
    return this.stopped || (maxRuns !== undefined && this.started >= maxRuns)
  }

  private look(): void {
    const now = this.options.wall()
    this.followBack(now)
    this.skipMissed(now)
    // After the clock was set back, runs that were already due are not due again.
    const next = this.options.times.next(new Date(this.seen))
    if (next === undefined) this.stopped = true
    if (next === undefined || this.hasEnough) {
      this.endIfDone()
      return
    }
    const left = next.getTime() - now
    if (left <= 0) this.due(next)
    const waitMs = Math.min(Math.max(0, left), LOOK_MS)
    this.stopTimer = after(waitMs, () => this.lookAgain(now + waitMs))
  }

  /** Looks at the clock again. After the process was stopped, other events are handled first, such as the end of the current run. */
  private lookAgain(dueAt: number): void {
    if (this.options.wall() - dueAt <= STOOD_STILL_MS) this.look()
    else this.stopTimer = after(0, () => this.look())
  }

  /** After the clock was set back by more than an hour, because it had been wrong, follows the new time: runs become due by it again. */
  private followBack(now: number): void {
    if (this.seen - now <= SET_BACK_MS) return
    this.options.say(`the clock was set back by ${formatMs(this.seen - now)}: the schedule goes by it`)
    this.seen = now
    this.sayNext()
  }

  /** Prints how many runs were due while the machine slept, and skips them. */
  private skipMissed(now: number): void {
    const { times, say } = this.options
    const first = times.next(new Date(this.seen))
    if (first === undefined || now - first.getTime() <= MISSED_MS) return
    let [last, count] = [first, 1]
    for (;;) {
      const next = times.next(last)
      if (next === undefined || now - next.getTime() <= MISSED_MS || count >= MAX_COUNTED) break
      last = next
      count += 1
    }
    const more = count >= MAX_COUNTED ? ' or more' : ''
    say(count === 1 ? `missed: the run of ${times.text(first)}` : `missed: ${count}${more} runs from ${times.text(first)} on`)
    this.seen = now - MISSED_MS
  }

  private due(at: Date): void {
    const { times, say, overlap } = this.options
    this.seen = at.getTime()
    if (this.underWay === 0 || overlap === 'allow') {
      this.begin()
    } else if (overlap === 'skip') {
      say(`left out: the run of ${times.text(at)} was due while the one before goes on (--overlap queue or allow)`)
      this.sayNext()
    } else {
      const text = this.waiting ? 'left out, as another one waits already' : 'waits until the one before has ended'
      say(`the run of ${times.text(at)} ${text}`)
      this.waiting = true
    }
  }

  private begin(): void {
    const { start, say, wall } = this.options
    this.started += 1
    this.underWay += 1
    const n = this.started
    const from = wall()
    say(`run ${n} starts`)
    void start(n).then((code) => {
      this.underWay -= 1
      this.codes.push(code)
      say(`run ${n} ended with exit code ${code} after ${formatMs(wall() - from)}`)
      if (this.hasEnough) this.endIfDone()
      else if (this.waiting) {
        this.waiting = false
        this.begin()
      } else this.sayNext()
    })
  }

  private sayNext(): void {
    const { times, say, wall } = this.options
    const next = times.next(new Date(Math.max(this.seen, wall())))
    if (next && !this.hasEnough) say(`next run ${times.text(next)}, in ${formatMs(next.getTime() - wall())}`)
  }

  private endIfDone(): void {
    if (!this.hasEnough || this.underWay > 0) return
    this.stopTimer()
    this.ended?.()
  }
}
