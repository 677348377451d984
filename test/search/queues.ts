/** Queues in virtual time whose capacity is known, which answer as a target under load would. */
import type { Random } from '../../src/random.ts'

/** What a stretch of load showed: what was measured of the requests that came in it. */
export interface Stretch {
  /** Response times in s of what was answered. */
  readonly times: readonly number[]
  readonly rejected: number
  readonly seconds: number
  /** How long it took after the load until nothing was in the queue, in s. */
  readonly drainS: number
}

/** A target in virtual time, which finishes what is in it after each stretch of load. */
export interface Queue {
  /** Puts a load (arrivals per second, or users) on the queue: first for `warmupS`, of which nothing is kept, then for `seconds`. What came in these is measured to its end. */
  run(load: number, warmupS: number, seconds: number): Stretch
}

type Draw = () => number

/** Servers that take requests in their order; with `room`, a request that finds all servers busy and so many waiting is refused at once. */
export class ServerQueue implements Queue {
  private readonly free: number[]
  private readonly random: Random
  private readonly service: Draw
  private readonly refuses: boolean
  private now = 0

  constructor(servers: number, random: Random, service: Draw, refuses = false) {
    this.free = Array.from({ length: servers }, () => 0)
    this.random = random
    this.service = service
    this.refuses = refuses
  }

  run(load: number, warmupS: number, seconds: number): Stretch {
    const from = this.now + warmupS
    const end = from + seconds
    const times: number[] = []
    let rejected = 0
    for (;;) {
      this.now += this.random.exponential(1 / load)
      if (this.now >= end) break
      const isKept = this.now >= from
      const server = least(this.free)
      const start = Math.max(this.now, this.free[server] ?? 0)
      if (this.refuses && start > this.now) {
        if (isKept) rejected += 1
        continue
      }
      const done = start + this.service()
      this.free[server] = done
      if (isKept) times.push(done - this.now)
    }
    this.now = Math.max(end, ...this.free)
    return { times, rejected, seconds, drainS: this.now - end }
  }
}

/** Users (closed model) who think, then wait for one of some servers: the machine-repair model. */
export class UserQueue implements Queue {
  private readonly think: Draw
  private readonly service: Draw
  /** When each user sends next. */
  private due: number[] = []
  private readonly free: number[]
  private now = 0

  constructor(servers: number, think: Draw, service: Draw) {
    this.think = think
    this.service = service
    this.free = Array.from({ length: servers }, () => 0)
  }

  run(load: number, warmupS: number, seconds: number): Stretch {
    this.due = Array.from({ length: load }, () => this.now + this.think())
    const from = this.now + warmupS
    const end = from + seconds
    const times: number[] = []
    for (;;) {
      const user = least(this.due)
      const at = this.due[user] ?? 0
      if (at >= end) break
      const server = least(this.free)
      const done = Math.max(at, this.free[server] ?? 0) + this.service()
      this.free[server] = done
      if (at >= from) times.push(done - at)
      this.due[user] = done + this.think()
    }
    this.now = Math.max(end, ...this.free)
    return { times, rejected: 0, seconds, drainS: this.now - end }
  }
}

function least(values: readonly number[]): number {
  let best = 0
  for (let i = 1; i < values.length; i += 1) if ((values[i] ?? 0) < (values[best] ?? 0)) best = i
  return best
}

interface Job {
  readonly at: number
  /** Tokens to be made. */
  left: number
}

/** A server that makes one token for each request of its batch in a step, which takes longer the larger the batch is; more than `slots` wait. */
export class BatchQueue implements Queue {
  private readonly slots: number
  private readonly random: Random
  private readonly tokens: Draw
  private readonly stepS: (batch: number) => number
  private batch: Job[] = []
  private waiting: Job[] = []
  private now = 0

  constructor(slots: number, random: Random, tokens: Draw, stepS: (batch: number) => number) {
    this.slots = slots
    this.random = random
    this.tokens = tokens
    this.stepS = stepS
  }

  run(load: number, warmupS: number, seconds: number): Stretch {
    const from = this.now + warmupS
    const end = from + seconds
    const times: number[] = []
    const finish = (job: Job) => job.at >= from && times.push(this.now - job.at)
    let arrival = this.now + this.random.exponential(1 / load)
    while (this.now < end) {
      for (; arrival <= this.now; arrival += this.random.exponential(1 / load)) this.waiting.push(this.arrived(arrival))
      if (this.isBusy()) this.step(finish)
      else this.now = Math.min(arrival, end)
    }
    while (this.isBusy()) this.step(finish)
    return { times, rejected: 0, seconds, drainS: this.now - end }
  }

  private isBusy(): boolean {
    return this.batch.length + this.waiting.length > 0
  }

  private arrived(at: number): Job {
    return { at, left: Math.max(1, Math.round(this.tokens())) }
  }

  private step(onDone: (job: Job) => void): void {
    this.batch.push(...this.waiting.splice(0, this.slots - this.batch.length))
    this.now += this.stepS(this.batch.length)
    for (const job of this.batch) {
      job.left -= 1
      if (job.left === 0) onDone(job)
    }
    this.batch = this.batch.filter(({ left }) => left > 0)
  }
}
