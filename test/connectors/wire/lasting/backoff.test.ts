import { describe, expect, test } from 'vitest'
import { websocket } from '../../../../src/connectors/websocket.ts'
import { Backoff } from '../../../../src/connectors/wire/lasting/backoff.ts'

describe('waits between tries', () => {
  const rule = { attempts: 7, factor: 2, jitter: 'none', base: 100, max: 1500 } as const

  test('grow by the factor up to the maximum, and end', () => {
    const backoff = new Backoff(rule, 'test', { seed: 's', userId: 0 })
    expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1500, 1500, 1500, undefined])
    backoff.reset()
    expect(backoff.next()).toBe(100)
  })

  test('by default: 5 tries, 1 s, doubling; each anywhere below it, differently for each user, the same in every run of the same seed', () => {
    const defaults = websocket.options.parse({ reconnect: {} }).reconnect
    if (!defaults) throw new Error('there are defaults')
    const waits = (userId: number, seed = 's') => {
      const backoff = new Backoff(defaults, 'test', { seed, userId })
      return Array.from({ length: 6 }, () => backoff.next())
    }
    const longest = [1000, 2000, 4000, 8000, 16_000]
    for (let user = 0; user < 50; user += 1) {
      const drawn = waits(user)
      expect(drawn[5]).toBeUndefined()
      for (const [at, most] of longest.entries()) expect(drawn[at]).toBeLessThan(most)
    }
    expect(new Set(Array.from({ length: 50 }, (_, user) => waits(user)[0])).size).toBe(50)
    expect(waits(3)).toEqual(waits(3))
    expect(waits(3, 'another run')).not.toEqual(waits(3))
    expect(new Backoff({ ...defaults, max: 5 }, 'test', { seed: 's', userId: 0 }).next()).toBeLessThan(5)
  })
})
