import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { text } from '../servers/ws-frames.ts'
import { rawServer } from '../servers/ws-raw.ts'
import { timedTest } from '../support/quiet.ts'
import { chat, closeAfter, Home, mockFor, OUT } from './harness.ts'

interface Logged {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function logOf(url: string): Promise<Logged[]> {
  const answer = (await (await fetch(`${url}/__mock/log`)).json()) as { requests?: Logged[] } | Logged[]
  return Array.isArray(answer) ? answer : (answer.requests ?? [])
}

/** A server that gives every request the same answer. */
async function serve(body: string, type = 'application/json', status = 200): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, { 'content-type': type }).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAfter({ close: () => new Promise<void>((resolve) => void server.close(() => resolve())) })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/chat`
}

describe('burn ping', () => {
  test('shows every stage of one exchange, and exits 0', async () => {
    const home = new Home()
    const mock = await mockFor({ firstTokenMs: 20, gapMs: 2 })
    home.write('a.json', chat(mock.url, { load: [{ users: 50, for: '10m' }], steps: [{ delay: '1h' }, { message: 'Hello' }] }))
    const { code, stdout } = await home.call(['ping', 'a.json', '--json'])
    expect(code).toBe(0)
    const { exchanges, scenarioErrors } = JSON.parse(stdout)
    expect(scenarioErrors).toEqual([])
    expect(exchanges).toHaveLength(1)
    const [{ outcome, stages, understood, reply, request, failure }] = exchanges
    expect({ outcome, failure }).toEqual({ outcome: 'ok', failure: null })
    expect(stages.connect).toBeGreaterThan(0)
    expect(stages.tls).toBeNull()
    const moments = [stages.sent, stages.firstByte, stages.firstToken, stages.lastToken, stages.end]
    expect(moments).toEqual([...moments].sort((a, b) => a - b))
    expect(stages.firstToken - stages.sent).toBeGreaterThan(19)
    expect(understood).toMatchObject({ finishReason: 'stop', frames: 3, usage: { outputTokens: 3 } })
    expect(reply.status).toBe(200)
    expect(reply.body).toContain('data: [DONE]')
    expect(JSON.parse(request.body)).toMatchObject({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }] })
    expect(home.files()).toEqual(['a.json'])
    expect((await logOf(mock.url)).length).toBe(1)
  })

  test('a base address is completed, and the model of the preset is named', async () => {
    const mock = await mockFor()
    const { code, stderr } = await new Home().call(['ping', `${mock.url}/v1`, '--preset', 'openai'])
    expect([code, stderr]).toEqual([
      0,
      `target: the address is completed to ${mock.url}/v1/chat/completions\ntarget: model gpt-4o-mini, the one of the preset (--model names another)\n`,
    ])
  })

  test.each([404, 422, 500])('status %d: no mapping for the text of an error, and no hint to ping', async (status) => {
    const url = await serve('{"error":{"message":"no such thing"}}', 'application/json', status)
    for (const flags of [[], ['-m', 'Hi'], ['--preset', 'openai', '--model', 'm']]) {
      const { code, stdout } = await new Home().call(['ping', url, ...flags])
      expect(code).toBe(3)
      expect(stdout).toMatch(/\n {2}hint: /)
      expect(stdout).not.toMatch(/response: \{|burn ping/)
    }
  })

  test('a plain request to the address of a chat API is told its preset', async () => {
    const url = await serve('{}', 'application/json', 405)
    const { stdout } = await new Home().call(['ping', url.replace('/chat', '/x/v1/messages')])
    expect(stdout).toContain('preset anthropic-messages answers messages: burn ping')
  })

  test('--all: every flow, also behind one that fails', async () => {
    const home = new Home()
    const mock = await mockFor()
    const dead = await serve('{}', 'application/json', 500)
    const target = (url: string) => ({ preset: 'openai-chat', model: 'demo', url })
    home.write('f.json', {
      name: 'f',
      targets: { a: target(`${mock.url}/v1`), b: target(dead), c: target(`${mock.url}/v1`) },
      flows: ['a', 'b', 'c'].map((name) => ({ name, weight: 1, target: name, steps: [{ message: 'One' }, { message: 'Two' }] })),
    })
    const { code, stdout } = await home.call(['ping', 'f.json', '--all'])
    expect(code).toBe(3)
    expect(stdout.match(/^(?:OK|FAILED) {2}\w/gm)).toEqual(['OK  a', 'OK  a', 'FAILED  b', 'FAILED  b', 'OK  c', 'OK  c'])
  })

  test('where no text was asked for, none is missed', async () => {
    const url = await serve('{"name":"some text"}')
    const body = await new Home().call(['ping', url, '--data', '{"a":1}'])
    expect([body.code, body.stdout.includes('no text was found')]).toEqual([0, false])
    const message = await new Home().call(['ping', url, '-m', 'Hi', '--set', 'target.response.text=$.reply'])
    expect(message.stdout).not.toContain('$.name')
    const said = await serve('{"said":"some text"}')
    const other = await new Home().call(['ping', said, '-m', 'Hi', '--set', 'target.response.text=$.reply'])
    expect(other.stdout).toContain('no text was found; the reply has these:\n  $.said')
  })

  test.each([0, 4])('an empty text proves nothing: %i tokens', async (tokens) => {
    const choices = [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 5, completion_tokens: tokens, total_tokens: 5 + tokens }
    const url = await serve(JSON.stringify({ id: 'x1', object: 'chat.completion', model: 'm', choices, usage }))
    const { code, stdout } = await new Home().call(['ping', url, '--preset', 'openai', '--set', 'target.stream=false'])
    expect([code, stdout.split('  ')[0]]).toEqual([3, 'NO TEXT'])
    expect(stdout).not.toContain('in the target:')
    expect(stdout).toContain('the text of the reply, at $.choices[0].message.content, is empty: look at maxTokens and the prompt')
  })

  test.each(['http', 'ws'])('%s: who keeps the cookies is no part of the request', async (scheme) => {
    const home = new Home()
    const mock = await mockFor()
    const url = `${mock.url.replace('http', scheme)}/${scheme === 'ws' ? 'ws' : 'chat'}`
    home.write('a.json', { name: 'a', target: { url }, conversation: { cookies: true }, steps: [{ message: 'Hi' }] })
    const { code, stdout } = await home.call(['ping', 'a.json', '--json'])
    expect(code).toBe(0)
    expect(Object.keys(JSON.parse(stdout).exchanges[0].request)).not.toContain('cookies')
  })

  // The late frame and the end of the wait for it are timers, which a stall lets fire at once.
  timedTest('says how many frames came after the reply was complete', async () => {
    const home = new Home()
    const server = await rawServer({
      message({ socket }) {
        for (const word of ['one', 'two', 'three']) socket.write(text(word))
        setTimeout(() => socket.write(text('late')), 50)
      },
    })
    closeAfter({ close: () => server.stop() })
    const { code, stdout } = await home.call(['ping', server.url, '-m', 'Hello'])
    expect(code).toBe(0)
    expect(stdout).toContain('3 more frames came after the reply was complete')
    expect(server.messages).toHaveLength(1)
  })

  test('sends what a run sends, credentials included', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', {
      name: 'auth',
      target: {
        url: `${mock.url}/echo`,
        headers: { 'x-tenant': '{{user.id}}' },
        query: { v: '2' },
        auth: { type: 'basic', username: 'bob', password: 'pass-word-1' },
      },
      steps: [{ request: { method: 'PUT', json: { a: 1 } } }],
    })
    const ping = await home.call(['ping', 'a.json', '--json'])
    await home.call(['run', 'a.json', ...OUT, '--quiet'])
    const [pinged, ran, ...more] = await logOf(mock.url)
    expect(more).toEqual([])
    expect(ran).toMatchObject({ method: 'PUT', path: '/echo', body: '{"a":1}' })
    expect(ran?.headers.authorization).toBe(`Basic ${Buffer.from('bob:pass-word-1').toString('base64')}`)
    const facts = ({ method, path, query, headers, body }: Logged) => ({ method, path, query, headers, body })
    expect(pinged && facts(pinged)).toEqual(ran && facts(ran))
    const shown = JSON.parse(ping.stdout).exchanges[0].request
    expect(shown).toMatchObject({ method: 'PUT', url: `${mock.url}/echo?v=2`, body: '{"a":1}' })
    expect(Object.keys(shown)).toEqual(['method', 'url', 'headers', 'body'])
    expect(shown.headers).toMatchObject({ authorization: 'Basic [secret]', 'x-tenant': pinged?.headers['x-tenant'] })
  })

  test('no secret is printed, not even one that the target sends back', async () => {
    const home = new Home()
    const mock = await mockFor()
    const token = 'tok-very-secret-77'
    home.write('a.json', {
      name: 'secrets',
      target: { url: `${mock.url}/echo?api_key=query-secret-1`, auth: { type: 'bearer', token } },
      steps: [{ request: { method: 'POST', json: { message: 'hi' } } }],
    })
    for (const more of [[], ['--json'], ['--raw']]) {
      const { stdout, stderr } = await home.call(['ping', 'a.json', ...more])
      expect(stdout).toContain('[secret]')
      expect(stdout + stderr).not.toContain(token)
      expect(stdout + stderr).not.toContain('query-secret-1')
    }
  })

  test.each([
    ['websocket', (url: string) => `${url.replace('http', 'ws')}/ws`, { json: { secret: '${env.API_TOKEN}' } }],
    ['websocket', (url: string) => `${url.replace('http', 'ws')}/ws`, { text: 'said ${env.API_TOKEN}' }],
    ['mqtt', (url: string) => `${url.replace('http', 'mqtt')}/topic`, { publish: { payload: { text: '${env.API_TOKEN}' } } }],
    ['http', (url: string) => `${url}/health`, { method: 'POST', body: '${env.API_TOKEN}' }],
  ])('shows what is sent over %s as text, and no secret in it as numbers', async (_, urlOf, request) => {
    const home = new Home()
    const mock = await mockFor()
    const token = 'supersecrettoken123'
    home.write('s.json', { name: 'x', target: { url: urlOf(mock.url) }, steps: [{ request }] })
    for (const flags of [[], ['--json']]) {
      const { stdout, stderr } = await home.call(['ping', 's.json', ...flags], { env: { API_TOKEN: token } })
      expect(stdout).toContain('[secret]')
      expect(stdout + stderr).not.toContain(token)
      expect(stdout).not.toMatch(/"type": ?"Buffer"|11[57],\s*112|"15": ?\d/)
    }
  })

  test('a target that is not there: exit 3, class, phase and hint', async () => {
    const home = new Home()
    const { code, stdout } = await home.call(['ping', 'http://127.0.0.1:1/'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^FAILED {2}target, step step-1/)
    expect(stdout).toContain('refused in phase connect')
    expect(stdout).toContain('hint: nothing listens there')
  })

  test('a target that never answers is given up after --timeout', async () => {
    const home = new Home()
    const mock = await mockFor({ slowHeadersMs: 3_600_000 })
    const { code, stdout } = await home.call(['ping', `${mock.url}/chat`, '-m', 'hi', '--timeout', '300ms', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout).exchanges[0].failure.class).toMatch(/^timeout_/)
  })

  test('a login that is refused fails the ping, and nothing is sent to the target', async () => {
    const home = new Home()
    const mock = await mockFor()
    const login = await serve('{"error":"wrong password"}', 'application/json', 403)
    home.write('s.json', chat(mock.url, {}, { auth: { type: 'handshake', request: { url: login } } }))
    const { code, stdout } = await home.call(['ping', 's.json'])
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^FAILED[\s\S]*auth_failed in phase connect: .* answered 403 /)])
    expect(mock.log()).toEqual([])
  })

  test('a status that is an error: exit 3, with the reply', async () => {
    const home = new Home()
    const url = await serve('{"error":{"message":"no such model"}}', 'application/json', 404)
    const { code, stdout } = await home.call(['ping', url, '-m', 'hi'])
    expect(code).toBe(3)
    expect(stdout).toContain('http_status')
    expect(stdout).toContain('{"error":{"message":"no such model"}}')
  })

  test('a reply that the mapping does not fit: the paths that have text', async () => {
    const home = new Home()
    const url = await serve('{"id":"x1","data":[{"kind":"a","answer":"Hi there"}]}')
    const { stdout } = await home.call(['ping', url, '-m', 'hi', '--set', 'target.response.text=$.reply'])
    expect(stdout).toContain('$.data[0].answer  "Hi there"')
    expect(stdout).toContain('response: { text: "$.data[0].answer" }')
  })

  test('escapes what the target sends, and cuts it unless --raw', async () => {
    const home = new Home()
    const url = await serve(`\u001b[31m${'x'.repeat(3000)}END`, 'text/plain')
    const [short, whole] = await Promise.all([home.call(['ping', url]), home.call(['ping', url, '--raw'])])
    expect(short.stdout).toContain('more characters: --raw shows them')
    expect(short.stdout + whole.stdout).not.toContain('\u001b')
    expect(whole.stdout).toContain('xEND')
  })

  test('one exchange per target, each with the steps that go there', async () => {
    const home = new Home()
    const mock = await mockFor()
    const url = (path: string) => ({ url: `${mock.url}${path}` })
    home.write('a.json', {
      name: 'several',
      targets: { a: url('/chat'), b: url('/chat'), c: url('/chat') },
      flows: [
        {
          name: 'one',
          steps: [
            { message: 'to a', target: 'a' },
            { message: 'again', target: 'a' },
          ],
        },
        {
          name: 'two',
          target: 'b',
          steps: [{ set: { word: 'seen' } }, { loop: { times: 3, steps: [{ message: '{{word}} {{loop.index}}' }] } }],
        },
      ],
    })
    const { code, stdout } = await home.call(['ping', 'a.json', '--json'])
    const { exchanges } = JSON.parse(stdout)
    expect(exchanges.map(({ target, request }: { target: string; request: { body: string } }) => [target, request.body])).toEqual(
      [
        ['a', '{"message":"to a"}'],
        ['b', '{"message":"seen 0"}'],
        ['c', '{"message":"Hello"}'],
      ],
    )
    expect(code).toBe(0)
    expect(await logOf(mock.url)).toHaveLength(3)
  })

  test('--all: the first exchange of every step', async () => {
    const home = new Home()
    const mock = await mockFor()
    const steps = [{ loop: { times: 3, steps: [{ message: 'many', name: 'many' }] } }, { message: 'last', name: 'last' }]
    home.write('a.json', chat(mock.url, { steps }))
    const { stdout } = await home.call(['ping', 'a.json', '--all', '--json'])
    expect(JSON.parse(stdout).exchanges.map(({ step }: { step: string }) => step)).toEqual(['many', 'last'])
    expect(await logOf(mock.url)).toHaveLength(4)
  })

  test('checks that do not hold fail it', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, { steps: [{ message: 'Hello', expect: [{ status: 200 }, { contains: 'nowhere' }] }] }))
    const { code, stdout } = await home.call(['ping', 'a.json'])
    expect(code).toBe(3)
    expect(stdout).toContain('✓ status 200')
    expect(stdout).toContain('✗ contains nowhere')
  })

  test('a setup that fails is told', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write(
      'a.json',
      chat(mock.url, { setup: [{ request: { path: '/nowhere-at-all' }, name: 'login', expect: [{ status: 200 }] }] }),
    )
    const { code, stdout, stderr } = await home.call(['ping', 'a.json'])
    expect(code).toBe(3)
    expect(stdout).toContain('step login')
    expect(stderr).toContain('setup failed')
  })

  test.each([
    [['ping', 'a.json', '--timeout', 'soon'], '--timeout soon'],
    [['ping', 'nothing.json'], 'there is no such file'],
    [['ping'], 'nothing to run'],
  ])('%j is refused', async (args, why) => {
    const { code, stderr } = await new Home().call(args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })
})
