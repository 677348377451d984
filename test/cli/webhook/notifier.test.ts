/** What a run tells others, seen by a receiver that checks signatures with a library of others. */
import { Webhook } from 'standardwebhooks'
import { describe, expect, test, vi } from 'vitest'
import { type ReceivedMessage, webhookReceiver } from '../../servers/webhook-receiver.ts'
import { timedTest } from '../../support/quiet.ts'
import { chat, eventually, Home, mockFor, OUT } from '../harness.ts'

const SECRET = `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`
const env = { HOOK_SECRET: SECRET }
const RETRY = { delay: '100ms', factor: 1, attempts: 2 }

interface Line {
  readonly id: string
  readonly event: string
  readonly attempt?: number
  readonly delivered?: boolean
  readonly error?: string | null
}

const linesOf = (home: Home): Line[] =>
  home
    .read('out/deliveries.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const typesOf = (received: readonly ReceivedMessage[]) => received.map(({ body }) => JSON.parse(body).type)

/** A scenario with webhooks at a receiver, in a folder. */
async function scenarioWith(webhooks: readonly Readonly<Record<string, unknown>>[], own: Readonly<Record<string, unknown>> = {}) {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ users: 1, iterations: 3 }], webhooks, ...own }))
  return home
}

describe('burn run', () => {
  test('tells its end, signed, again until it is taken, and writes every try down', async () => {
    const { url, received } = await webhookReceiver((_, nth) => ({ status: nth < 3 ? 500 : 200 }))
    const home = await scenarioWith([{ url, secret: '${env.HOOK_SECRET}', retry: { ...RETRY, attempts: 3 } }])
    const { code } = await home.call(['run', 's.json', ...OUT], { env })
    expect([code, typesOf(received)]).toEqual([0, ['run.completed', 'run.completed', 'run.completed']])
    const [first, , last] = received
    expect(new Webhook(SECRET).verify(last?.body ?? '', last?.headers as Record<string, string>)).toMatchObject({
      type: 'run.completed',
      data: { scenario: 'cli test', verdict: 'passed', counts: { planned: 3, ok: 3 } },
    })
    expect(first?.headers['webhook-id']).toBe(last?.headers['webhook-id'])
    expect(linesOf(home).map(({ attempt, delivered }) => [attempt, delivered])).toEqual([
      [undefined, undefined],
      [1, false],
      [2, false],
      [3, true],
    ])
    expect(home.result().files.map(({ path }) => path)).toContain('deliveries.jsonl')
    for (const name of home.files()) expect(home.read(name), name).not.toContain(SECRET)
  })

  test('tells failed thresholds and the failure to those who want to hear of them', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenarioWith(
      [
        { url: `${url}/all`, events: ['threshold.breached', 'session.failed'] },
        { url: `${url}/good`, events: ['run.completed'] },
      ],
      { thresholds: ['ttft p95 < 1us'] },
    )
    const { code } = await home.call(['run', 's.json', ...OUT])
    expect([code, received.map(({ path }) => path)]).toEqual([1, ['/all', '/all']])
    expect(typesOf(received).sort()).toEqual(['run.failed', 'threshold.breached'])
  })

  test.each([
    [false, 0, 'passed'],
    [true, 1, 'failed'],
  ])(
    'a message that is not taken ends the run with its own code, unless it is required (%s)',
    async (required, exitCode, verdict) => {
      const { url } = await webhookReceiver(() => ({ status: 500, body: 'no \u001b[31mroom' }))
      const home = await scenarioWith([{ url, required, retry: RETRY }])
      const { code, stderr } = await home.call(['run', 's.json', ...OUT])
      expect([code, home.result().exitCode, home.result().verdict]).toEqual([exitCode, exitCode, verdict])
      expect(stderr).toContain('webhooks.0 was not told of run.completed after 2 tries: status 500: no ')
      expect(stderr).not.toContain('\u001b[31m')
      expect(home.result().reason.includes('required webhook')).toBe(required)
    },
  )

  test('a signal is told as run.cancelled', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenarioWith([{ url }], { load: [{ users: 1, for: '60s' }] })
    const running = home.start(['run', 's.json', ...OUT, '--events', 'events'])
    await eventually(() => home.files().includes('events') && home.read('events').includes('"second"'), 'an event of a second')
    running.kill('SIGINT')
    expect((await running.finished).code).toBe(130)
    expect(typesOf(received)).toEqual(['run.cancelled'])
  })

  test('a run that is killed before a required webhook has taken its end has not passed', async () => {
    const { url, received } = await webhookReceiver(() => 'never')
    const home = await scenarioWith([{ url, required: true, retry: { timeout: '60s' } }])
    const running = home.start(['run', 's.json', ...OUT])
    await vi.waitFor(() => expect(received).toHaveLength(1))
    running.kill('SIGKILL')
    await running.finished
    expect(home.result()).toMatchObject({
      verdict: 'failed',
      exitCode: 1,
      reason: expect.stringContaining('has not taken the end'),
    })
  })

  test('others are told what a required webhook that took nothing made of the run', async () => {
    const { url, received } = await webhookReceiver(({ path }) => ({ status: path === '/no' ? 400 : 200 }))
    const home = await scenarioWith([{ url }, { url: `${url}/no`, required: true }])
    expect((await home.call(['run', 's.json', ...OUT])).code).toBe(1)
    expect(received.map(({ path, body }) => `${path} ${JSON.parse(body).type}`)).toEqual(['/no run.completed', '/ run.failed'])
  })

  // A stall of two seconds would end the wait for all of them.
  timedTest('a webhook that hangs keeps no other one waiting', async () => {
    const { url, received } = await webhookReceiver(({ path }) => (path === '/hangs' ? 'never' : { status: 200 }))
    const breached = { events: ['threshold.breached'], retry: { timeout: '60s' } }
    const hanging = Array.from({ length: 6 }, () => ({ url: `${url}/hangs`, ...breached }))
    const required = { url: `${url}/required`, required: true }
    const home = await scenarioWith([...hanging, required], { thresholds: ['ttft p95 < 1us'] })
    const { stderr } = await home.call(['run', 's.json', ...OUT, '--webhook-timeout', '2s'])
    expect(received.filter(({ path }) => path === '/required').length, stderr).toBe(1)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while it waits gives up', async (signal, code) => {
    const { url, received } = await webhookReceiver(() => 'never')
    const home = await scenarioWith([{ url, retry: { timeout: '60s' } }])
    const running = home.start(['run', 's.json', ...OUT])
    await vi.waitFor(() => expect(received).toHaveLength(1))
    running.kill(signal)
    expect((await running.finished).code).toBe(code)
    expect(home.result().verdict).toBe('passed')
  })

  test('an address from a variable is in no output', async () => {
    const { url } = await webhookReceiver(({ path }) => ({ status: 400, body: `Cannot POST ${path}\r\nPASSED` }))
    const home = await scenarioWith([{ url: '${env.HOOK}' }])
    const env = { HOOK: `${url}/services/T000SECRETPATH` }
    const { stderr } = await home.call(['run', 's.json', ...OUT, '--report', 'html'], { env })
    const shown = await home.call(['run', 's.json', '--show-config'], { env })
    for (const text of [stderr, shown.stdout, ...home.files().map((name) => home.read(name))])
      expect(text).not.toContain('T000SECRETPATH')
    expect(stderr).toMatch(/status 400: Cannot POST \S+ PASSED/)
  })

  test('--webhook-timeout bounds the wait, --no-webhooks tells nothing', async () => {
    const { url } = await webhookReceiver(() => 'never')
    const home = await scenarioWith([{ url }])
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, '--webhook-timeout', '100ms'])
    expect(code).toBe(0)
    expect(stderr).toContain('given up: there was no time left')
    // The run above may not even have had the time to send: this one has a receiver of its own.
    const other = await webhookReceiver(() => 'never')
    const quiet = await scenarioWith([{ url: other.url }])
    const { code: silent } = await quiet.call(['run', 's.json', ...OUT, '--no-webhooks'])
    expect([silent, other.received, quiet.files().includes('out/deliveries.jsonl')]).toEqual([0, [], false])
  })

  test.each([[], ['--profile', 'ci']])('--no-webhooks %j needs no variable that stands only in webhooks', async (...profile) => {
    const home = await scenarioWith([{ url: '${env.NO_HOOK}' }], { profiles: { ci: { webhooks: [{ url: '${env.NO_CI}' }] } } })
    const run = ['run', 's.json', ...OUT, ...profile]
    const told = await home.call(run)
    expect([told.code, told.stderr]).toEqual([2, expect.stringContaining('E_ENV_UNSET')])
    const silent = await home.call([...run, '--no-webhooks'])
    expect([silent.code, home.result().verdict], silent.stderr).toEqual([0, 'passed'])
    expect((await home.call(['validate', 's.json'])).code).toBe(2)
  })

  test('--no-webhooks needs the variables of everything else all the same', async () => {
    const home = await scenarioWith([{ url: '${env.NO_HOOK}' }], { description: '${env.NO_TEXT}' })
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, '--no-webhooks'])
    expect([code, stderr.match(/NO_\w+ is not set/g)]).toEqual([2, ['NO_TEXT is not set']])
  })
})

describe('burn webhook', () => {
  test('test sends a message to each, and fails when one does not take it', async () => {
    const { url, received } = await webhookReceiver(({ path }) => ({ status: path === '/bad' ? 404 : 200 }))
    const home = await scenarioWith([
      { url, events: ['run.failed'] },
      { url: `${url}/bad`, format: 'slack' },
    ])
    const { code, stdout } = await home.call(['webhook', 'test', 's.json'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^webhooks\.0 \(http:\/\/127\.0\.0\.1:\d+\) took webhook\.test: status 200, 1 try, msg_\w+\n/)
    expect(stdout).toMatch(/\nwebhooks\.1 .+ did not take webhook\.test: status 404, 1 try, msg_\w+\n$/)
    expect(received).toHaveLength(2)
  })

  test('redeliver sends what was not taken, with its id and signed anew', async () => {
    let isUp = false
    const { url, received } = await webhookReceiver(() => ({ status: isUp ? 200 : 503 }))
    const home = await scenarioWith([{ url, secret: '${env.HOOK_SECRET}', retry: RETRY }])
    await home.call(['run', 's.json', ...OUT], { env })
    isUp = true
    const without = await home.call(['webhook', 'redeliver', 'out'])
    expect([without.code, without.stderr]).toEqual([2, expect.stringMatching(/\bout: the run had secrets from .+: HOOK_SECRET/)])
    expect(without.stderr).not.toContain('--from')
    const { code, stdout } = await home.call(['webhook', 'redeliver', 'out'], { env })
    expect([code, stdout]).toEqual([0, expect.stringContaining('took run.completed: status 200')])
    const last = received.at(-1)
    expect(last?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id'])
    expect(new Webhook(SECRET).verify(last?.body ?? '', last?.headers as Record<string, string>)).toMatchObject({
      type: 'run.completed',
    })
    expect((await home.call(['webhook', 'redeliver', 'out'], { env })).stdout).toBe('out: every message was taken\n')
    expect((await home.call(['webhook', 'redeliver', 'out', '--id', linesOf(home)[0]?.id ?? ''], { env })).code).toBe(0)
    expect(received).toHaveLength(4)
  })

  test('redeliver of a run without webhooks, or of another id', async () => {
    const home = await scenarioWith([])
    await home.call(['run', 's.json', ...OUT])
    const { code, stderr } = await home.call(['webhook', 'redeliver', 'out'])
    expect([code, stderr]).toEqual([6, expect.stringContaining('that run has told no webhook anything')])
  })

  test('redeliver of a damaged file says so', async () => {
    const { url } = await webhookReceiver(() => ({ status: 400 }))
    const home = await scenarioWith([{ url }])
    await home.call(['run', 's.json', ...OUT])
    home.write('out/deliveries.jsonl', home.read('out/deliveries.jsonl').slice(0, 200))
    const { code, stderr } = await home.call(['webhook', 'redeliver', 'out'])
    expect([code, stderr]).toEqual([6, expect.stringContaining('1 of 1 lines cannot be read')])
  })

  test('verify says whether a signature is right', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenarioWith([{ url, secret: '${env.HOOK_SECRET}' }])
    await home.call(['webhook', 'test', 's.json'], { env })
    const [message] = received
    home.write('body.json', message?.body ?? '')
    home.write('headers.json', JSON.stringify(message?.headers))
    home.write(
      'headers.txt',
      Object.entries(message?.headers ?? {})
        .map(([name, value]) => `${name.toUpperCase()}: ${value}`)
        .join('\r\n'),
    )
    const verify = (body: string, headers: string, secret = SECRET) =>
      home.call(['webhook', 'verify', body, '--headers', headers, '--secret-from', 'HOOK'], { env: { HOOK: secret } })
    for (const headers of ['headers.json', 'headers.txt'])
      expect(await verify('body.json', headers)).toMatchObject({ code: 0, stdout: 'the signature is right\n' })
    expect(await verify('body.json', 'headers.json', 'another secret of ours')).toMatchObject({ code: 1 })
    home.write('body.json', `${message?.body} `)
    expect(await verify('body.json', 'headers.json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('another message'),
    })
    expect((await verify('nowhere.json', 'headers.json')).code).toBe(6)
  })
})

test.each([
  [{ url: 'ftp://127.0.0.1/' }, 'expected an address that begins with http:// or https://'],
  [{ url: 'http://127.0.0.1/', secret: 'short' }, 'expected at least 16 characters'],
  [{ url: 'http://127.0.0.1/', secret: 'whsec_this is no base64' }, 'what follows whsec_ must be base64'],
  [{ url: 'http://127.0.0.1/', events: ['run.over'] }, 'run.failed'],
  [{ url: 'http://127.0.0.1/', headers: { 'x y': 'z' } }, 'expected the name of a header'],
  [{ url: 'http://127.0.0.1/', retry: { attempts: 11 } }, 'expected a whole number from 1 to 10'],
])('validate finds what is wrong: %j', async (webhook, words) => {
  const home = await scenarioWith([webhook])
  const { code, stdout } = await home.call(['validate', 's.json'])
  expect([code, stdout]).toEqual([2, expect.stringContaining(words)])
})
