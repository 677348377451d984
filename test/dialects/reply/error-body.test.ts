import { expect, test, vi } from 'vitest'
import type { Decoder } from '../../../src/dialects/parts/dialect.ts'
import { ErrorBody } from '../../../src/dialects/reply/error-body.ts'
import { Exchange } from '../../../src/exchange.ts'

const exchange = () => new Exchange(0, { push: () => {}, end: () => {} }, () => {})

test('pieces are read as one, when the reply ends', () => {
  const [one, body] = [exchange(), new ErrorBody(503, {})]
  body.push(Buffer.from('{"error":{"mess'), one)
  expect(one.settled).toBe(false)
  body.push(Buffer.from('age":"overloaded"}}'), one)
  body.end(one)
  expect(one.failure).toMatchObject({ class: 'http_status', message: expect.stringContaining('overloaded') })
})

test('one without end is read to 64 KiB, and not waited for', () => {
  const [one, body] = [exchange(), new ErrorBody(500, {})]
  body.push(Buffer.alloc(64 * 1024 - 1, 'x'), one)
  expect(one.settled).toBe(false)
  body.push(Buffer.from('xy'), one)
  expect(one.settled).toBe(true)
})

test('a dialect may read it; what it makes nothing of is read as any', () => {
  const read = (error: Decoder['error']) => {
    const [one, body] = [exchange(), new ErrorBody(429, { 'x-a': 'b' })]
    const decoder = { event: vi.fn(), document: vi.fn(), end: vi.fn(), error } as unknown as Decoder
    body.push(Buffer.from('slow down'), one, decoder)
    body.end(one, decoder)
    return one.failure
  }
  const own = read((status, headers, text, one) => one.reject('own', `${status} ${headers['x-a']} ${text}`))
  expect(own).toMatchObject({ class: 'own', message: '429 b slow down' })
  expect(read(() => {})).toMatchObject({ class: 'rate_limited' })
})
