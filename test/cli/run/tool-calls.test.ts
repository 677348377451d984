import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chat, closeAfter, Home, OUT, ROOT } from '../harness.ts'

/** A server that streams the same reply to everything: the call of a tool. */
async function toolServer(): Promise<string> {
  const reply = readFileSync(join(ROOT, 'test', 'fixtures', 'openai-chat', 'tools.sse'))
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAfter({ close: async () => void server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
}

test('a run checks which tools a model calls, and with what', async () => {
  const home = new Home()
  const expected = [
    { 'tool-call': { name: 'weather', arguments: { city: 'Oslo' } } },
    { 'tool-call': { name: 'weather', arguments: { city: 'Bergen' } }, countOnly: true },
    { type: 'tool-call-f1', value: 'weather' },
    { 'is-refusal': false },
  ]
  home.write('burn.json', chat(await toolServer(), { steps: [{ message: 'Weather in Oslo?', expect: expected }] }))
  await home.call(['run', 'burn.json', ...OUT])
  const { steps, quality } = home.result()
  // A call is no text that could be good or bad.
  expect(quality).toBeUndefined()
  expect(steps[0]?.checks?.map(({ passed, failed }) => [passed, failed])).toEqual([
    [5, 0],
    [0, 5],
    [5, 0],
    [5, 0],
  ])
  expect(steps[0]?.checks?.[1]?.samples[0]).toBe('calls weather {"city":"Oslo"}')
})
