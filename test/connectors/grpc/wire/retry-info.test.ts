import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryDelayMs } from '../../../../src/connectors/grpc/wire/retry-info.ts'

const field = (number: number, bytes: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
/** A google.rpc.Status with one detail of this type and value. */
const status = (type: string, value: Buffer) =>
  field(3, Buffer.concat([field(1, Buffer.from(type)), field(2, value)])).toString('base64')
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
/** Duration { seconds: 1, nanos: 500,000,000 } in RetryInfo. */
const DELAY = field(1, Buffer.from([0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]))

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'grpc-retry-pushback-ms': '250' }, 250],
  [{ 'grpc-retry-pushback-ms': '-1' }, undefined],
  [{ 'grpc-status-details-bin': status(RETRY_INFO, DELAY) }, 1500],
  [{ 'grpc-status-details-bin': status(RETRY_INFO, Buffer.alloc(0)) }, 0],
  [{ 'grpc-status-details-bin': status('type.googleapis.com/google.rpc.DebugInfo', DELAY) }, undefined],
  [{ 'grpc-retry-pushback-ms': '9', 'grpc-status-details-bin': status(RETRY_INFO, DELAY) }, 9],
])('%j: %s', (trailers, ms) => expect(retryDelayMs(trailers)).toBe(ms))

test('any bytes are read to their end, and give no time below zero', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const ms = retryDelayMs({ 'grpc-status-details-bin': status(RETRY_INFO, field(1, Buffer.from(bytes))) })
      expect(ms === undefined || ms >= 0).toBe(true)
    }),
  )
})
