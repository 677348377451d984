/** The time for an acknowledgement, in virtual time: when it is over, and that no timer is left. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { goBy } from '../../../../src/clock.ts'
import { AckTimer } from '../../../../src/connectors/mqtt/messages/flight.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'

let clock: VirtualClock
let realTime: () => void
let expiredAt: number[]
let timer: AckTimer

beforeEach(() => {
  clock = new VirtualClock()
  realTime = goBy(clock)
  expiredAt = []
  const begin = clock.now()
  timer = new AckTimer(100, () => expiredAt.push(clock.now() - begin))
})
afterEach(() => realTime())

/** Lets `ms` pass on the virtual clock. */
const pass = (ms: number) => clock.drive(new Promise<void>((resolve) => void clock.after(ms, resolve)))

test('the time is over once, after the time-out', async () => {
  timer.start()
  await pass(300)
  expect(expiredAt).toEqual([100])
  expect(clock.pending).toBe(0)
})

test('each wait has the whole time, though one timer serves them all', async () => {
  timer.start()
  await pass(60)
  timer.rest()
  timer.start()
  expect(clock.pending).toBe(1)
  await pass(60)
  expect(expiredAt).toEqual([])
  await pass(60)
  expect(expiredAt).toEqual([160])
})

test('a wait that was extended is over later', async () => {
  timer.start()
  await pass(99)
  timer.start()
  await pass(200)
  expect(expiredAt).toEqual([199])
})

test('nothing expires while nothing is awaited, and the timer is not set again', async () => {
  timer.start()
  await pass(50)
  timer.rest()
  await pass(100)
  expect(expiredAt).toEqual([])
  expect(clock.pending).toBe(0)
})

test('stop leaves no timer, and the next wait has its time', async () => {
  timer.start()
  await pass(50)
  timer.stop()
  expect(clock.pending).toBe(0)
  timer.start()
  await pass(150)
  expect(expiredAt).toEqual([150])
})
