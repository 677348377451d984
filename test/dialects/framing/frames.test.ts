import { expect, test } from 'vitest'
import { type FrameSink, MAX_EVENT_LENGTH, maxEventOf, tooBig } from '../../../src/dialects/framing/frames.ts'

test('the bound of an event is that of the sink, else a mebi of characters', () => {
  const told: string[] = []
  const sink: FrameSink = { frame: () => {}, broken: (name, message) => told.push(`${name}: ${message}`), odd: () => {} }
  expect([maxEventOf(sink), maxEventOf({ ...sink, maxEventLength: 5 })]).toEqual([MAX_EVENT_LENGTH, 5])
  tooBig({ ...sink, maxEventLength: 5 })
  tooBig(sink)
  expect(told).toEqual([
    'too_big: one event of the stream is larger than 5 characters',
    'too_big: one event of the stream is larger than 1048576 characters',
  ])
})
