import { expect, test } from 'vitest'
import { Outbox } from '../../../src/cli/webhook/outbox.ts'
import type { WebhookMessage } from '../../../src/notify/message/message.ts'
import { webhooksSchema } from '../../../src/notify/schema.ts'

const messageOf = (type: WebhookMessage['type']): WebhookMessage => ({
  type,
  timestamp: '2026-01-01T00:00:00.000Z',
  title: 't',
  mood: 'bad',
  facts: [],
  data: {},
})

test('after more alerts than anybody reads, the end of the run is told all the same', async () => {
  const outbox = new Outbox(webhooksSchema.parse([{ url: 'http://127.0.0.1:1', events: ['alert.began', 'run.failed'] }]))
  outbox.giveUp()
  for (let n = 0; n < 1002; n += 1) outbox.send(messageOf('alert.began'))
  outbox.send(messageOf('run.failed'))
  const delivered = await outbox.settled()
  expect([delivered.length, delivered.at(-1)?.event, outbox.leftOut]).toEqual([1001, 'run.failed', 2])
})
