import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDuration, readTimestamp, writeDuration, writeTimestamp } from '../../../../src/connectors/grpc/json/times.ts'

test.each([
  ['1970-01-01T00:00:00Z', '0', 0],
  ['2024-01-02T03:04:05.5Z', '1704164645', 500_000_000],
  ['2024-01-02t03:04:05.000000001+01:00', '1704161045', 1],
  ['0001-01-01T00:00:00Z', '-62135596800', 0],
])('the time %s', (text, seconds, nanos) => expect(readTimestamp(text)).toEqual({ seconds, nanos }))

test.each(['2024-01-02', '2024-13-02T00:00:00Z', '2024-01-02T00:00:00', '2024-01-02T00:00:00.1234567890Z', ''])(
  '%j is no time',
  (text) => expect(readTimestamp(text)).toBeUndefined(),
)

test.each([
  ['1.5s', '1', 500_000_000],
  ['-0.000000001s', '-0', -1],
  ['-3s', '-3', 0],
])('the duration %s', (text, seconds, nanos) => expect(readDuration(text)).toEqual({ seconds, nanos }))

test.each(['1', '1.s', '1 s', '315576000001s', '1e3s'])('%j is none', (text) => expect(readDuration(text)).toBeUndefined())

test('what is written reads back, with three, six or nine digits', () => {
  const nanos = fc.oneof(
    fc.nat(999_999_999),
    fc.nat(999).map((n) => n * 1_000_000),
  )
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), nanos, (at, fraction) => {
      const moment = { seconds: String(at), nanos: fraction }
      const text = writeTimestamp(moment) ?? ''
      expect(readTimestamp(text)).toEqual(moment)
      expect(text).toMatch(/:\d\d(\.(\d{3}){1,3})?Z$/)
      const length = { seconds: String(Math.abs(at)), nanos: fraction }
      expect(readDuration(writeDuration(length) ?? '')).toEqual(length)
    }),
  )
})

test('what is out of range is not written', () => {
  expect(writeTimestamp({ seconds: '253402300800', nanos: 0 })).toBeUndefined()
  expect(writeTimestamp({ seconds: '0', nanos: -1 })).toBeUndefined()
  expect([writeDuration({ seconds: '1', nanos: -1 }), writeDuration({ seconds: '0', nanos: 1e9 })]).toEqual([
    undefined,
    undefined,
  ])
  expect(writeDuration({ seconds: '0', nanos: -500_000_000 })).toBe('-0.500s')
})
