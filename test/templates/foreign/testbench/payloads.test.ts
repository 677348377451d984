import { expect, test } from 'vitest'
import type { Data } from '../../../../src/templates/template.ts'
import { convert } from '../convert.ts'

const withFile = (more: Data) =>
  convert({
    name: 'f',
    protocol: 'websocket',
    endpoint: 'ws://127.0.0.1:9',
    payloads: ['METRICS'],
    payloadFile: 'fields.json',
    rates: { messagesPerSecond: 4 },
    duration_seconds: 1,
    ...more,
  })

test.each([
  ['a file of fields', {}, { types: ['METRICS', 'CUSTOM'], envelope: 'sync_data', payloadFile: 'fields.json' }],
  [
    'fields in place before it',
    { customPayload: { a: 1 } },
    { types: ['METRICS', 'CUSTOM'], envelope: 'sync_data', custom: { a: 1 } },
  ],
])('%s is kept', (_title, more, payload) => {
  const { scenario, notes } = withFile(more)
  expect((scenario.steps as Data[])[0]?.payload).toEqual(payload)
  expect(notes.join()).not.toContain('payloadFile')
})
