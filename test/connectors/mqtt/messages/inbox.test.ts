import { expect, test } from 'vitest'
import { Inbox } from '../../../../src/connectors/mqtt/messages/inbox.ts'
import { mqtt } from '../../../../src/connectors/mqtt.ts'

const inbox = () => new Inbox(mqtt.options.parse({}))
const any = () => true

test('the oldest that fits is taken, once', () => {
  const box = inbox()
  for (const topic of ['a', 'b', 'a']) box.keep(topic, Buffer.from(topic), {}, undefined)
  expect(box.take((topic) => topic === 'b')?.[0]).toBe('b')
  expect([box.take(any)?.[0], box.take(any)?.[0], box.take(any)]).toEqual(['a', 'a', undefined])
})

test('a hundred are kept, and the latest of them', () => {
  const box = inbox()
  for (let n = 0; n < 105; n += 1) box.keep(String(n), Buffer.alloc(0), {}, undefined)
  expect(box.take(any)?.[0]).toBe('5')
})

test('warnings wait for the next exchange, and do not grow without end', () => {
  const box = inbox()
  for (let n = 0; n < 1500; n += 1) box.warn('qos_lowered')
  expect([box.takeWarnings().length, box.takeWarnings().length]).toEqual([1000, 0])
})
