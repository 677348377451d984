import { expect, test } from 'vitest'
import { connectionsMatter, connectionsText } from '../../../src/report/console/connections.ts'
import { EMPTY_RESULT } from '../../../src/result/empty.ts'

const NONE = EMPTY_RESULT.connectionMetrics
const target = (protocol: string) => [{ protocol, url: '', name: 'default' }] as unknown as typeof EMPTY_RESULT.target

test.each<[object, string]>([
  [{ successfulConnections: 50, maxOpenConnections: 50 }, '50 opened · at most 50 open · 0 B in, 0 B out'],
  [
    { successfulConnections: 3, failedConnections: 1, lostConnections: 1, lostInFlight: 1 },
    '3 opened · 1 failed · 1 lost (1 request with it) · ',
  ],
  [{ lostConnections: 2, lostInFlight: 5, reconnectionCount: 2 }, '2 lost (5 requests with them), 2 reopened · '],
  [{ goaways: 3, openConnections: 1 }, '0 opened · 3 ended by GOAWAY · 1 still open · '],
])('%j', (given, text) => expect(connectionsText({ ...NONE, ...given })).toContain(text))

test.each<[string, object, boolean]>([
  ['http', { totalConnections: 5 }, false],
  ['websocket', { totalConnections: 5 }, true],
  ['websocket', {}, false],
  ['http', { totalConnections: 5, lostConnections: 1 }, true],
  ['http', { goaways: 1 }, true],
  ['of a plugin', { totalConnections: 5 }, false],
])('%s with %j: %s', (protocol, given, matter) => {
  expect(connectionsMatter({ connectionMetrics: { ...NONE, ...given }, target: target(protocol) }) ?? false).toBe(matter)
})
