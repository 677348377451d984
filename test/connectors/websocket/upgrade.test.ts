import { describe, expect, test, vi } from 'vitest'
import { text } from '../../servers/ws-frames.ts'
import { granted } from '../../servers/ws-raw.ts'
import { fateOf, type OptionsInput, serverFor, userOf } from '../websocket-kit.ts'

const echo = {
  message: ({ socket }: { socket: { write(data: Buffer): unknown } }, said: string) => void socket.write(text(said)),
}

describe('the upgrade request', () => {
  const target = { headers: { Authorization: 'Bearer s3cret', 'X-Team': 'a' }, query: { room: 'blue & red' } }

  test.each<[string, OptionsInput, string, string | undefined, string[]]>([
    ['header', {}, '/chat?v=1&room=blue+%26+red', 'Bearer s3cret', []],
    ['query', { authIn: 'query' }, '/chat?v=1&room=blue+%26+red&token=s3cret', undefined, []],
    ['query by another name', { authIn: 'query', authName: 'key' }, '/chat?v=1&room=blue+%26+red&key=s3cret', undefined, []],
    ['message', { authIn: 'message' }, '/chat?v=1&room=blue+%26+red', undefined, ['{"type":"authenticate","token":"s3cret"}']],
    [
      "message of one's own",
      { authIn: 'message', authMessage: { op: 'auth', args: ['{{ token }}', 1, '{{other}}'] } },
      '/chat?v=1&room=blue+%26+red',
      undefined,
      ['{"op":"auth","args":["s3cret",1,"{{other}}"]}'],
    ],
  ])('credentials in the %s', async (_name, options, path, authorization, frames) => {
    const server = await serverFor(echo)
    const user = await userOf(`${server.url}/chat?v=1#part`, options, target)
    await user.request({ text: 'go' }).settled
    expect(server.upgrades[0]?.target).toBe(path)
    expect(server.upgrades[0]?.headers.authorization).toBe(authorization)
    expect(server.upgrades[0]?.headers['x-team']).toBe('a')
    expect(server.upgrades[0]?.headers['sec-websocket-extensions']).toBeUndefined()
    expect(server.messages).toEqual([...frames, 'go'])
  })

  test('a token cannot break out of the JSON around it', async () => {
    const server = await serverFor()
    await userOf(server.url, { authIn: 'message' }, { headers: { authorization: 'Bearer a","admin":"$&' } })
    await vi.waitFor(() => expect(server.messages).toEqual([JSON.stringify({ type: 'authenticate', token: 'a","admin":"$&' })]))
  })

  test('basic credentials, of the address too, as name and password', async () => {
    const server = await serverFor()
    const options: OptionsInput = { authIn: 'message', authMessage: { user: '{{username}}', secret: '{{password}}' } }
    await userOf(server.url.replace('ws://', 'ws://me:p%3Ass@'), options)
    await vi.waitFor(() => expect(server.messages).toEqual(['{"user":"me","secret":"p:ss"}']))
    expect(server.upgrades[0]?.headers.authorization).toBeUndefined()
  })

  test('a key in another header can be the credential; without one nothing is sent', async () => {
    const server = await serverFor(echo)
    const options: OptionsInput = { authIn: 'message', authHeader: 'X-Api-Key' }
    await userOf(server.url, options, { headers: { 'x-api-key': 'k1' } })
    const without = await userOf(server.url, options)
    await without.request({ text: 'go' }).settled
    expect(server.messages).toEqual(['{"type":"authenticate","token":"k1"}', 'go'])
  })

  test('subprotocols are offered, and one must be taken', async () => {
    const server = await serverFor({
      handshake: (socket, upgrade) => socket.write(granted(upgrade, { 'sec-websocket-protocol': 'chat.v2' })),
    })
    await userOf(server.url, { subprotocols: ['chat.v1', 'chat.v2'] })
    expect(server.upgrades[0]?.headers['sec-websocket-protocol']).toBe('chat.v1,chat.v2')
    const plain = await serverFor()
    await expect(userOf(plain.url, { subprotocols: ['chat.v1'] })).rejects.toMatchObject({ class: 'bad_ws' })
  })

  test.each([
    ['ftp://127.0.0.1/', {}, /not an address of a WebSocket/],
    ['nonsense', {}, /not an address of a WebSocket/],
    ['ws://127.0.0.1/', { 'x-a': 'line\nbreak' }, /x-a holds a line break/],
    ['ws://127.0.0.1/', { 'Sec-WebSocket-Key': 'x' }, /set by the handshake/],
  ])('%s with %j cannot be asked', async (url, headers, message) => {
    await expect(userOf(url, {}, { headers })).rejects.toMatchObject({
      name: 'LocalError',
      message: expect.stringMatching(message),
    })
  })

  test('nobody there', async () => {
    const server = await serverFor()
    await server.stop()
    await expect(userOf(server.url)).rejects.toMatchObject({ class: 'refused', phase: 'connect' })
  })

  test('ready: the connection counts as made with the message that says so, and none of it is taken for a reply', async () => {
    const server = await serverFor({
      joined: ({ socket }) => void socket.write(text('{"type":"welcome"}')),
      message: ({ socket }, said) => void socket.write(text(said.includes('authenticate') ? '{"type":"authenticated"}' : said)),
    })
    const options: OptionsInput = { authIn: 'message', ready: { path: '$.type', equals: 'authenticated' } }
    const user = await userOf(server.url, options, { headers: { authorization: 'Bearer t' } })
    const one = user.request({ text: 'go' })
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe('go')
  })

  test('a server that closes instead of saying so is a failed connection', async () => {
    const server = await serverFor({ joined: ({ socket }) => socket.end(Buffer.from([0x88, 2, 0x0f, 0xa1])) })
    const user = userOf(server.url, { ready: { path: '$.type' } })
    await expect(user).rejects.toMatchObject({ class: 'ws_close_4001', phase: 'headers' })
  })
})
