/** A message in the form of Standard Webhooks. */
import { expect, test } from 'vitest'
import { standard } from '../../../src/notify/formats/standard.ts'
import { testMessage } from '../../../src/notify/message/message.ts'

test('standard: type, timestamp and data', () => {
  expect(standard(testMessage('chat', new Date('2026-01-02T03:04:05Z')))).toEqual({
    type: 'webhook.test',
    timestamp: '2026-01-02T03:04:05.000Z',
    data: { scenario: 'chat' },
  })
})
