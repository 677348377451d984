import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'
import { runScenario } from '../../../support/run.ts'
import { call, convert, sent } from './entries.ts'

const received = (time: number, data = '{}') => ({ type: 'receive', time, opcode: 1, data })

const socket = (url: string, messages: readonly Data[], headers: readonly Data[] = []) => ({
  _resourceType: 'websocket',
  _webSocketMessages: messages,
  request: { method: 'GET', url, headers },
  response: { status: 101 },
})

describe('WebSocket entries', () => {
  test('become messages with as many replies as there were', () => {
    const { scenario, notes } = convert([
      socket(
        'wss://h/ws?room=1',
        [
          received(1, '"hello"'),
          sent(2, '{"type":"say","text":"${x} {{y}}","token":"abcdef123456"}'),
          received(2.1),
          received(2.2),
          sent(5.2, 'ping'),
          sent(5.25, 'AAEC', 2),
          received(5.3),
        ],
        [
          { name: 'Sec-WebSocket-Protocol', value: 'v1, v2' },
          { name: 'Origin', value: 'https://h' },
          { name: 'User-Agent', value: 'x' },
        ],
      ),
    ])
    expect(scenario.targets).toEqual({
      websocket: { url: 'wss://h/ws?room=1', headers: { origin: 'https://h' }, websocket: { subprotocols: ['v1', 'v2'] } },
    })
    const target = 'websocket'
    expect(scenario.steps).toEqual([
      { delay: '1000ms' },
      {
        request: { json: { type: 'say', text: '$${x} \\{{y}}', token: '${env.TARGET_TOKEN}' }, await: { count: 2 } },
        name: 'websocket',
        target,
      },
      { delay: '3000ms' },
      { request: { text: 'ping', await: 'none' }, name: 'websocket 2', target },
      { request: { binary: 'AAEC' }, name: 'websocket 3', target },
    ])
    expect(notes.join('\n')).toMatch(/a message comes before anything is sent/)
  })

  test('stand beside the calls of the page, and run', async () => {
    const seen: string[] = []
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => new Promise((done) => server.close(() => done())))
    server.on('connection', (client) =>
      client.on('message', (data: Buffer) => {
        seen.push(data.toString())
        client.send('{"ok":true}')
      }),
    )
    await once(server, 'listening')
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`
    const messages = [sent(1, '{"a":1}'), received(1.01), sent(1.02, 'two'), received(1.03)]
    expect(convert([call({}), socket(url, messages)]).scenario.targets).toMatchObject({
      http: { url: 'http://h' },
      websocket: { url },
    })
    const { value } = convert([socket(url, messages)])
    const scenario = value as Parameters<typeof runScenario>[0]
    const { result } = await runScenario({ ...scenario, load: [{ iterations: 1, users: 1 }] })
    expect([result.errors, seen]).toEqual([[], ['{"a":1}', 'two']])
  })

  test('without their messages are told', () => {
    expect(convert([call({}), socket('ws://h/', [])]).notes.join()).toContain('the WebSocket ws://h/ was left out')
    expect(() => convertText(JSON.stringify({ log: { entries: [socket('ws://h/', [])] } }))).toThrow('no call to an API')
  })
})
