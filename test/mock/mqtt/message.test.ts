import { expect, test } from 'vitest'
import { messageOf, publishOf } from '../../../src/mock/mqtt/message.ts'

const packet = { cmd: 'publish', topic: 't', payload: 'hü', qos: 1, retain: true, dup: true } as const
const FORM = { qos: 0, retain: false, dup: false, messageId: undefined } as const

test('what travels with a message is forwarded, the rest is not', () => {
  const properties = {
    responseTopic: 'r',
    correlationData: Buffer.from('c'),
    topicAlias: 5,
    subscriptionIdentifier: 1,
    messageExpiryInterval: 10,
  }
  const message = messageOf({ ...packet, properties }, 1000)
  expect(message).toMatchObject({ topic: 't', payload: Buffer.from('hü'), qos: 1, retain: true, expiresAt: 11_000 })
  expect(message.properties).toEqual({ responseTopic: 'r', correlationData: Buffer.from('c') })
})

test('what is left of its time goes along, and nothing when that is over', () => {
  const message = messageOf({ ...packet, properties: { messageExpiryInterval: 10 } }, 0)
  expect(publishOf(message, { ...FORM, messageId: 7 }, 8500)).toMatchObject({
    cmd: 'publish',
    qos: 0,
    retain: false,
    messageId: 7,
    properties: { messageExpiryInterval: 2 },
  })
  expect(publishOf(message, FORM, 10_000)).toBeUndefined()
  expect(publishOf(messageOf(packet, 0), FORM, 1e12)).not.toHaveProperty('messageId')
})
