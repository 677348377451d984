import { expect, test } from 'vitest'
import { influx } from '../../../src/export/kinds/influx.ts'
import { influxLines } from '../../../src/export/text/influx.ts'
import { atOnce } from '../../../src/pieces.ts'
import { Home } from '../../cli/harness.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { opened, SIGNAL, stateOf } from './opened.ts'

const lines = (...args: Parameters<typeof influxLines>) => atOnce(influxLines(...args))

test.each([
  ['/write?db=burn', '/write?db=burn&precision=ns'],
  ['/api/v2/write?org=o&bucket=b&precision=s', '/api/v2/write?org=o&bucket=b&precision=ns'],
])('over HTTP to %s, with the token', async (asked, path) => {
  const { url, received } = await webhookReceiver()
  const planned = influx.parse({ influx: `${url}${asked}`, token: 'influx-token-1' }).plan({ isTyped: false, environment: {} })
  const output = await opened(planned)
  expect(await output.send(stateOf('fine'), SIGNAL)).toEqual({ error: null })
  expect(received).toMatchObject([{ path, headers: { authorization: 'Token influx-token-1' } }])
  expect(received[0]?.body.split('\n')).toEqual([...lines(stateOf('fine')), ''])
  expect(planned).toMatchObject({ to: `${url}${asked.split('?')[0]}`, secrets: ['influx-token-1'] })
})

test('the token of the environment is for an address that was typed', () => {
  const entry = influx.parse({ influx: 'http://i/write?db=d&p=pass-word' })
  const environment = { INFLUX_TOKEN: 'own-token' }
  expect(entry.plan({ isTyped: true, environment }).secrets).toEqual(['own-token', 'pass-word'])
  expect(entry.plan({ isTyped: false, environment }).secrets).toEqual(['pass-word'])
})

test.each(['http://i:8086', 'http://i/query?db=d', 'http://u:p@i/write', 'udp://i:1', ''])('%j is refused', (where) => {
  expect(influx.safeParse({ influx: where }).success).toBe(false)
})

test('a state that is refused is lost', async () => {
  const { url } = await webhookReceiver(() => ({ status: 404, body: '{"error":"database not found"}' }))
  const output = await opened(influx.parse({ influx: `${url}/write?db=d` }).plan({ isTyped: true, environment: {} }))
  expect(await output.send(stateOf('fine'), SIGNAL)).toEqual({ error: 'status 404: {"error":"database not found"}' })
})

const inFolder = { isTyped: false, environment: {} }

test('lines of one state follow those of the state before; another run begins anew', async () => {
  const home = new Home()
  home.write('m.lp', 'of an earlier run\n')
  const output = await opened(influx.parse({ influx: 'm.lp' }).plan(inFolder), home.path)
  for (const name of ['fine', 'allErrors'] as const) expect(await output.send(stateOf(name), SIGNAL)).toEqual({ error: null })
  expect(home.read('m.lp')).toBe(`${[...lines(stateOf('fine')), ...lines(stateOf('allErrors'))].join('\n')}\n`)
})

test('a folder that is not there is the reason of a loss', async () => {
  const home = new Home()
  const output = await opened(influx.parse({ influx: 'none/m.lp' }).plan(inFolder), home.path)
  expect((await output.send(stateOf('fine'), SIGNAL)).error).toContain('ENOENT')
})
