/** The limiter alone: exact moments, first in first out, places given back, tokens corrected. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { after, goBy, now } from '../../../../src/clock.ts'
import { Bucket } from '../../../../src/engine/user/limits/bucket.ts'
import { type Place, RateLimiter } from '../../../../src/engine/user/limits/rate-limiter.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'

type Size = ConstructorParameters<typeof RateLimiter>[0]['requests']

function limiterOf(requests: Size, tokens?: Size): RateLimiter {
  return new RateLimiter({ requests, tokens, scope: 'target', whenFull: 'wait' }, 0)
}

/** Runs `body` on a virtual clock of its own, until nothing is left that could happen. */
async function inTime(body: (sleep: (ms: number) => Promise<void>) => Promise<void>, clock = new VirtualClock()): Promise<void> {
  const goBack = goBy(clock)
  try {
    await clock.drive(body((ms) => new Promise((resolve) => void after(ms, resolve))))
  } finally {
    goBack()
  }
}

/** Joins the queue, and notes the moment of the grant under `name`. */
function join(limiter: RateLimiter, name: string, seen: [string, number][]): { place: Place; granted: Promise<void> } {
  let wake = () => {}
  const granted = new Promise<void>((resolve) => {
    wake = resolve
  })
  const place = limiter.enter(() => {
    seen.push([name, place === undefined ? now() : place.grantedAt])
    wake()
  })
  if (!Number.isNaN(place.grantedAt)) wake()
  return { place, granted }
}

test('a burst goes at once, then one after the other at the rate, in the order of their coming', () =>
  inTime(async () => {
    const limiter = limiterOf({ perSecond: 10, burst: 3 })
    expect([1, 2, 3].map(() => limiter.tryEnter()?.grantedAt)).toEqual([0, 0, 0])
    expect(limiter.tryEnter()).toBeUndefined()
    const seen: [string, number][] = []
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => join(limiter, name, seen).granted))
    expect(seen).toEqual([
      ['a', 100],
      ['b', 200],
      ['c', 300],
      ['d', 400],
    ])
    // Whoever comes while others wait does not overtake them; when nobody does, the next place is a whole interval after the last.
    expect(limiter.tryEnter()).toBeUndefined()
  }))

test('whoever gives up leaves the place to those behind', () =>
  inTime(async (sleep) => {
    const limiter = limiterOf({ perSecond: 10, burst: 1 })
    limiter.tryEnter()
    const seen: [string, number][] = []
    const [, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => join(limiter, name, seen))
    await sleep(150)
    if (b) limiter.leave(b.place)
    await c?.granted
    // Granted and not used: it goes back, and the next one need not wait for another.
    if (c) limiter.leave(c.place)
    await d?.granted
    expect(seen).toEqual([
      ['a', 100],
      ['c', 200],
      ['d', 200],
    ])
  }))

test('late timers lose no place: after a standstill all that were due go with their own moments', () => {
  const clock = new VirtualClock()
  return inTime(async (sleep) => {
    const limiter = limiterOf({ perSecond: 10, burst: 1 })
    limiter.tryEnter()
    const seen: [string, number][] = []
    const all = ['a', 'b', 'c', 'd'].map((name) => join(limiter, name, seen).granted)
    await sleep(50)
    clock.stall(300)
    await Promise.all(all)
    expect(seen.map(([, at]) => at)).toEqual([100, 200, 300, 400])
  }, clock)
})

test('tokens: a full bucket until a reply says how many, then the mean; what was too much or too little is made up for', () =>
  inTime(async (sleep) => {
    const limiter = limiterOf(undefined, { perSecond: 100, burst: 100 })
    const first = limiter.tryEnter()
    expect(first).toEqual({ tokens: 100, grantedAt: 0 })
    expect(limiter.tryEnter()).toBeUndefined()
    const seen: [string, number][] = []
    const second = join(limiter, 'second', seen)
    await sleep(10)
    // It used 40: 60 of 100 come back, and the next is expected to use 40 as well.
    if (first) limiter.settled(first, 40)
    await second.granted
    expect([second.place.tokens, second.place.grantedAt]).toEqual([40, 10])
    // It used 141 of the 61 that were there: 80 are owed, and the mean of 90.5 on top must come before the next.
    limiter.settled(second.place, 141)
    const third = join(limiter, 'third', seen)
    await third.granted
    expect(third.place.tokens).toBe(90.5)
    expect(third.place.grantedAt).toBeCloseTo(10 + (80 + 90.5) * 10, 6)
    // What is not known leaves the estimate as it is; what failed used nothing, and says nothing of the others.
    limiter.settled(third.place, undefined)
    expect(limiter.tryEnter()).toBeUndefined()
    const fourth = join(limiter, 'fourth', seen)
    await sleep(5)
    limiter.settled({ tokens: 90.5, grantedAt: 0 }, 0)
    await fourth.granted
    expect(fourth.place.tokens).toBe(90.5)
  }))

test('no stretch of time holds more than the rate and the burst allow, whoever comes when and leaves when', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 }),
      (perSecond, burst, gaps) => {
        const bucket = new Bucket({ perSecond, burst }, 0)
        const grants: number[] = []
        let at = 0
        for (const gap of gaps) {
          at = Math.max(at + gap, bucket.readyAt(1))
          bucket.take(1, at)
          grants.push(at)
        }
        for (const [i, from] of grants.entries())
          for (const [j, to] of grants.slice(i).entries())
            expect(j + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1000 + 1e-6)
      },
    ),
  ))
