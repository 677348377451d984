/** A settled run of two processes in real time, which takes ten batches of a second; test/cli/workers/stop-when.test.ts asks for the rest in virtual time. */
import { expect, test } from 'vitest'
import { chat, Home, OUT } from '../cli/harness.ts'
import { webhookReceiver } from '../servers/webhook-receiver.ts'

test('stopWhen ends two processes, for what they see together', { timeout: 120_000 }, async () => {
  const home = new Home()
  const reply = JSON.stringify({ choices: [{ message: { content: 'always the same' } }] })
  const api = await webhookReceiver(() => ({ status: 200, body: reply }))
  const scenario = chat(`${api.url}/v1/chat/completions`, {
    stopWhen: { when: 'settled', metric: 'reply_bytes avg' },
    load: [{ users: 4, for: '10m' }],
    steps: [{ message: 'Hello', name: 'hello' }, { delay: '100ms' }],
  })
  home.write('s.json', { ...scenario, target: { ...scenario.target, stream: false } })
  await home.call(['run', 's.json', ...OUT, '--no-preflight', '--workers', '2'])
  const { total, notes, stopWhen, shards } = home.result()
  expect([total.counts.planned, total.counts.ok]).toEqual([api.received.length, api.received.length])
  expect(shards?.merged.filter(({ planned }) => planned > 0)).toHaveLength(2)
  expect(stopWhen).toMatchObject([{ when: 'settled', ended: true }])
  expect(notes.filter((note) => note.includes('settled'))).toEqual([
    expect.stringMatching(/^ended early after \S+, settled: reply_bytes avg .* ± 0 % over \d+ batches/),
  ])
})
