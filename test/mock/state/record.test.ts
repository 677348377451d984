import { expect, test } from 'vitest'
import { MockRecorder } from '../../../src/mock/state/record.ts'

const ARRIVAL = { method: 'POST', path: '/chat', query: '', headers: {}, route: 'chat' }

test('requests are numbered as they come, and counted by route, outcome and end', () => {
  const record = new MockRecorder()
  const [one, two] = [record.begin(ARRIVAL), record.begin({ ...ARRIVAL, route: 'echo' })]
  record.received(one, 'hü', 5)
  record.planned(one, 'ok')
  record.end(one, 9, true)
  expect([one.k, two.k, one.bodyBytes, one.receivedAt, one.endedAt, one.clientLeft]).toEqual([0, 1, 3, 5, 9, true])
  expect(record.stats()).toMatchObject({
    requests: 2,
    inFlight: 1,
    clientsLeft: 1,
    byRoute: { chat: 1, echo: 1 },
    byOutcome: { ok: 1, error: 0 },
  })
})

test('the last thousand are kept, oldest first, and of each a bounded part', () => {
  const record = new MockRecorder()
  for (let n = 0; n < 1005; n += 1) record.begin(ARRIVAL)
  expect([record.last().length, record.last()[0]?.k, record.last(2).map(({ k }) => k)]).toEqual([1000, 5, [1003, 1004]])
  const entry = record.begin(ARRIVAL)
  record.received(entry, 'x'.repeat(20_000), 1)
  for (let n = 0; n < 10_005; n += 1) record.frame(entry, n)
  expect([entry.body.length, entry.bodyBytes, entry.framesAt.length]).toEqual([16 * 1024, 20_000, 10_000])
})
