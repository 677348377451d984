/** When the arrivals of a phase are noticed: by timers, by looks between them, and in slices. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { goBy } from '../../../src/clock.ts'
import { Control } from '../../../src/engine/schedule/control.ts'
import { Timetable } from '../../../src/engine/schedule/timetable.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

let clock: VirtualClock
let goBack: () => void

beforeEach(() => {
  clock = new VirtualClock()
  goBack = goBy(clock)
})
afterEach(() => goBack())

function timetableOf(due: readonly number[], endAt: number, onDue = (_intended: number): unknown => true) {
  const noticed: [due: number, at: number][] = []
  const control = new Control()
  const arrivals = due[Symbol.iterator]() as Iterator<number, undefined>
  const timetable = new Timetable(control, arrivals, 0, endAt, {
    turn: () => {},
    due: (intended, at) => {
      noticed.push([intended, at])
      return onDue(intended) !== false
    },
  })
  return { timetable, control, noticed }
}

test('timers notice each arrival at the next whole millisecond; the phase ends at its end', async () => {
  const { timetable, noticed } = timetableOf([0, 0.4, 2.5], 9.5)
  await clock.drive(timetable.run())
  expect(noticed).toEqual([
    [0, 0],
    [0.4, 1],
    [2.5, 3],
  ])
  expect(clock.now()).toBe(10)
  expect(clock.pending).toBe(0)
})

test('a look between two timers takes what is due by then, and nothing early', async () => {
  const { timetable, noticed } = timetableOf([0, 0.4, 0.8, 3], 5)
  const running = timetable.run()
  clock.stall(0.5)
  timetable.look()
  timetable.look()
  expect(noticed.slice(1)).toEqual([[0.4, 0.5]])
  await clock.drive(running)
  expect(noticed.map(([due]) => due)).toEqual([0, 0.4, 0.8, 3])
})

test('arrivals whose start takes long leave turns to the event loop between them', async () => {
  let turnAfter = 0
  const { timetable, noticed } = timetableOf([0, 0, 0, 0, 0, 0], 20, () => {
    if (noticed.length === 1)
      clock.nextTurn(() => {
        turnAfter = noticed.length
      })
    clock.stall(0.7)
  })
  await clock.drive(timetable.run())
  expect(turnAfter).toBe(2)
  expect(noticed).toHaveLength(6)
})

test('an arrival that has to wait keeps its place, and is noticed again in the next turn', async () => {
  let turns = 0
  const { timetable, noticed } = timetableOf([0, 0.5, 1], 5, (intended) => {
    if (intended !== 0.5 || turns > 0) return true
    clock.nextTurn(() => {
      turns += 1
    })
    return false
  })
  await clock.drive(timetable.run())
  expect(noticed.map(([due]) => due)).toEqual([0, 0.5, 0.5, 1])
})

test('a stop ends it at once; what was due by then and not noticed can still be counted', async () => {
  const { timetable, control, noticed } = timetableOf([0, 5, 6, 7, 50], 100, (intended) => {
    if (intended === 5) {
      clock.stall(1.5)
      control.stop('signal')
    }
  })
  await clock.drive(timetable.run())
  expect(noticed.map(([due]) => due)).toEqual([0, 5])
  const rest: number[] = []
  timetable.takeUntil(6.5, (intended) => rest.push(intended))
  expect(rest).toEqual([6])
})

test('an error of a start ends the phase with it', async () => {
  const { timetable } = timetableOf([1], 5, () => {
    throw new Error('a bug')
  })
  await expect(clock.drive(timetable.run())).rejects.toThrow('a bug')
})
