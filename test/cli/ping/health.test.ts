import { join } from 'node:path'
import { expect, test } from 'vitest'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { chat, Home, mockFor, ROOT } from '../harness.ts'

test('a gRPC target in another process is waited for, though none of its sockets holds this one', async () => {
  const { url } = await mockFor()
  const address = `${url.replace('http', 'grpc')}/burn.chat.v1.ChatService/SendMessage`
  const { code, stdout } = await new Home().call(['ping', address])
  expect(stdout).toMatch(/^OK {2}/)
  expect(stdout).toMatch(/^health {2}target: SERVING \(\S+\)$/m)
  expect(code).toBe(0)
})

test('a gRPC target says how it is by its health service', async () => {
  const { code, stdout } = await new Home().call(['ping', join(ROOT, 'scenarios', 'grpc.yaml')])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^health {2}target: SERVING \(\S+\)$/m)
})

test('the checks of a scenario are made first, and one that fails makes the ping fail', async () => {
  const [home, mock] = [new Home(), await mockFor()]
  const file = (health: string) =>
    home.write(`${health}.json`, chat(mock.url, { health: { url: `${mock.url}/${health}`, name: health } }))
  const ill = await home.call(['ping', file('nowhere')])
  expect([ill.code, ill.stdout]).toEqual([
    3,
    expect.stringMatching(/^health {2}nowhere: status 404, expected 200 to 299\nOK {2}/),
  ])
  const well = await home.call(['ping', file('metrics'), '--json'])
  expect([well.code, JSON.parse(well.stdout).health]).toEqual([0, [expect.stringMatching(/^metrics: up, answered in /)]])
})

test('a silent check takes no longer than --timeout, and Ctrl-C waits for none', async () => {
  const [home, mock, api] = [new Home(), await mockFor(), await webhookReceiver(() => 'never')]
  home.write('a.json', chat(mock.url, { health: { url: api.url, name: 'api', timeout: '60s' } }))
  const late = await home.call(['ping', 'a.json', '--timeout', '150ms'])
  expect([late.code, late.stdout]).toEqual([3, expect.stringMatching(/^health {2}api: no answer within 150 ms\n/)])
  const ended = home.start(['ping', 'a.json', '--timeout', '60s'])
  await expect.poll(() => api.received.length).toBe(2)
  ended.kill('SIGINT')
  // Nothing is said of a target that nobody waited for, and nothing is sent to it.
  expect(await ended.finished).toMatchObject({ code: 130, stdout: '' })
})
