import { expect, test, vi } from 'vitest'
import { Incoming } from '../../../../src/connectors/websocket/options/incoming.ts'

test('a message is decoded when it is first needed, and once', () => {
  const bytes = Buffer.from('{"a":1}')
  const decode = vi.spyOn(bytes, 'toString')
  const message = new Incoming(bytes)
  expect(decode).not.toHaveBeenCalled()
  expect(message.json).toEqual({ a: 1 })
  expect(message.json).toBe(message.json)
  expect([message.text, decode.mock.calls.length]).toEqual(['{"a":1}', 1])
})

test('what is no JSON is undefined, however often it is asked', () => {
  const message = new Incoming(Buffer.from('hello'))
  expect([message.json, message.json, message.text]).toEqual([undefined, undefined, 'hello'])
})
