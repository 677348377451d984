/** What a target needs before the load: a way to it, and the files that it names. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { chat, closeAfter, Home, mockFor, OUT } from './harness.ts'

describe('the way to a target', () => {
  test('an address that the scenario gives to a name is tried, not the name', async () => {
    const home = new Home()
    const mock = await mockFor()
    const http = { dns: { hosts: { 'chat.test': '127.0.0.1' } } }
    home.write('s.json', chat(mock.url.replace('127.0.0.1', 'chat.test'), {}, { http }))
    const { code, stderr } = await home.call(['run', 's.json', ...OUT])
    expect(stderr).toMatch(/PASSED/)
    expect(code).toBe(0)
  })

  test('a Unix socket is tried, not the host of the URL', async () => {
    const home = new Home()
    const socket = home.file('x.sock')
    const server = createServer((_, response) => void response.end('{"text":"hi"}')).listen(socket)
    closeAfter({ close: async () => void server.close() })
    await once(server, 'listening')
    home.write('s.json', {
      name: 'unix',
      target: { url: 'http://127.0.0.1:9/', http: { unixSocket: socket } },
      steps: [{ request: {} }],
    })
    const { code, stderr } = await home.call(['run', 's.json', ...OUT])
    expect(stderr).toMatch(/PASSED/)
    expect(code).toBe(0)
    server.closeAllConnections()
  })
})

test('a flag that changes the target of a scenario with several says which there are', async () => {
  const home = new Home()
  const target = { preset: 'openai-chat', url: 'mock:', model: 'm' }
  home.write('s.json', { name: 's', targets: { now: target, next: target }, steps: [{ message: 'hi' }] })
  for (const command of ['run', 'plan']) {
    const { code, stderr } = await home.call([command, 's.json', '-e', 'http://127.0.0.1:9/'])
    expect(stderr).toContain('flag --endpoint changes the target, and this scenario has 2: now, next')
    expect(stderr).toContain('name the one that you mean: --set targets.now.url=VALUE')
    expect(code).toBe(2)
  }
})

describe('files that a target names', () => {
  const jwt = { type: 'jwt', alg: 'RS256', keyFile: 'key.pem' }
  test.each([
    ['tls.ca', { tls: { ca: 'nope.pem' } }, /nope\.pem is not there/],
    ['auth.keyFile', { auth: jwt }, /key\.pem is not there/],
    ['auth.file', { auth: { type: 'identities', file: 'users.csv' } }, /users\.csv is not there/],
    ['grpc.proto', { protocol: 'grpc', grpc: { proto: ['a.proto'] } }, /a\.proto is not there/],
  ])('%s: missing is found by validate and by run, exit 2', async (_, target, words) => {
    const home = new Home()
    home.write('s.json', { name: 'x', target: { url: 'http://127.0.0.1:9', ...target }, steps: [{ message: 'hi' }] })
    for (const command of ['validate', 'run']) {
      const { code, stdout, stderr } = await home.call([command, 's.json'])
      expect(stdout + stderr).toMatch(words)
      expect(stdout + stderr).not.toMatch(/bug in burn/)
      expect(code).toBe(2)
    }
  })

  test.each(['validate', 'run'])('a key that cannot sign is found by %s, exit 2', async (command) => {
    const home = new Home()
    home.write('key.pem', 'not a key')
    home.write('s.json', chat('http://127.0.0.1:9', {}, { auth: jwt }))
    const { code, stdout, stderr } = await home.call([command, 's.json'])
    expect(stdout + stderr).toMatch(/E_FILE key\.pem cannot sign: RS256 needs a private RSA key of 2048 bits or more/)
    expect(stdout + stderr).not.toMatch(/not a key/)
    expect(code).toBe(2)
  })
})
