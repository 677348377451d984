import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FreePorts } from '../../../../src/connectors/wire/local/free-ports.ts'

const ports = (low: number, high: number, reserved: number[] = []) => new FreePorts({ low, high, reserved }, 1234)

test.each([1, 2, 31, 32, 33, 64, 100])('a range of %i ports: each once, then none, then those that were released', (count) => {
  const free = ports(40_000, 40_000 + count - 1)
  const taken = Array.from({ length: count }, () => free.take())
  expect(taken.toSorted()).toEqual(Array.from({ length: count }, (_, index) => 40_000 + index))
  expect(free.take()).toBeUndefined()
  const some = taken.filter((_, index) => index % 3 === 0)
  for (const port of some) free.release(port as number)
  expect(new Set(some.map(() => free.take()))).toEqual(new Set(some))
  expect(free.take()).toBeUndefined()
})

test('reserved ports are never taken', () => {
  const free = ports(100, 109, [100, 104, 109])
  expect(Array.from({ length: 8 }, () => free.take()).toSorted()).toEqual([101, 102, 103, 105, 106, 107, 108, undefined])
})

test('a port that was just released has its turn after all others', () => {
  const free = ports(1, 50)
  const first = free.take() as number
  free.release(first)
  expect(Array.from({ length: 49 }, () => free.take())).not.toContain(first)
  expect(free.take()).toBe(first)
})

test('whatever is taken, released and jumped over: no port twice at once, and none that is free is denied', () => {
  const act = fc.oneof(fc.constant('take' as const), fc.constant('jump' as const), fc.nat(200))
  fc.assert(
    fc.property(fc.array(act, { maxLength: 300 }), fc.integer({ min: 1, max: 130 }), (acts, count) => {
      const free = ports(1000, 999 + count)
      const held: number[] = []
      for (const one of acts) {
        if (one === 'jump') free.jump()
        else if (one === 'take') {
          const port = free.take()
          expect(port === undefined).toBe(held.length === count)
          expect(held).not.toContain(port)
          if (port !== undefined) held.push(port)
        } else if (held.length > 0) for (const port of held.splice(one % held.length, 1)) free.release(port)
      }
    }),
  )
})
