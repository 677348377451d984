import { expect, test } from 'vitest'
import { InFlight } from '../../src/metrics/counts/in-flight.ts'

test('the mean is over time and the peak is of every moment, whenever somebody looks', () => {
  const flights = new InFlight(1000)
  for (const [by, at] of [
    [1, 1100],
    [1, 1200],
    [1, 1200],
    [-1, 1300],
    [-1, 1300],
    [-1, 1900],
  ] as const)
    flights.change(by, at)
  // 1 for 100 ms, 3 for 100 ms, 1 for 600 ms; none at either look.
  expect(flights.take(2000)).toEqual({ inFlight: 1, peakInFlight: 3 })
  expect(flights.take(3000)).toEqual({ inFlight: 0, peakInFlight: 0 })
})

test('what is still under way counts in the next stretch from its beginning', () => {
  const flights = new InFlight(0)
  flights.change(1, 500)
  expect(flights.take(1000)).toEqual({ inFlight: 0.5, peakInFlight: 1 })
  flights.change(-1, 1250)
  expect(flights.take(2000)).toEqual({ inFlight: 0.25, peakInFlight: 1 })
  expect([flights.take(2000).inFlight, flights.count]).toEqual([0, 0])
})

test('an end that is told after the row in which it happened leaves no row below zero', () => {
  const flights = new InFlight(0)
  for (let i = 0; i < 10; i += 1) flights.change(1, 0)
  expect(flights.take(1000)).toEqual({ inFlight: 10, peakInFlight: 10 })
  for (let i = 0; i < 9; i += 1) flights.change(-1, 700)
  expect(flights.take(1500)).toEqual({ inFlight: 1, peakInFlight: 10 })
})

test('changes that are told out of order within a row are exact', () => {
  const flights = new InFlight(0)
  flights.change(1, 100)
  flights.change(1, 600)
  flights.change(-1, 300)
  expect(flights.take(1000)).toEqual({ inFlight: 0.6, peakInFlight: 2 })
})
