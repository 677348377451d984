import { expect, test } from 'vitest'
import { acknowledgementOf } from '../../../src/mock/mqtt/mutations.ts'

test('a mutation is acknowledged with its ids', () => {
  const asked = JSON.stringify({ query: 'mutation M', uuids: ['a', 'b'], serviceName: 's', more: 1 })
  expect(acknowledgementOf(asked, 3)).toEqual({ task_id: 'task-mock-3', status: 'PENDING', uuids: ['a', 'b'], serviceName: 's' })
  expect(acknowledgementOf(asked, 3, { error: 'down' })).toEqual({
    task_id: 'task-mock-3',
    error: 'down',
    uuids: ['a', 'b'],
    serviceName: 's',
  })
})

test.each(['hello', '{}', '{"query":"q"}', '{"query":1,"uuids":[]}', '[]'])('%s is none', (payload) =>
  expect(acknowledgementOf(payload, 0)).toBeUndefined(),
)
