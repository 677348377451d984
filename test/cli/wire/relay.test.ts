/** `burn relay`: what passes through it, what it makes of that, and what it says of it. */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { tcpServer } from '../../servers/tcp.ts'
import { Home, type Running } from '../harness.ts'

const echo = () => tcpServer((socket) => void socket.pipe(socket))

/** The port that a started relay printed. */
async function portOf(run: Running): Promise<number> {
  let port = 0
  await run.until(({ stdout }) => {
    port = Number(/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1] ?? 0)
    return port > 0
  })
  return port
}

/** What comes back for `text`, and how the connection ended. */
async function say(port: number, text: string): Promise<{ reply: string; error: string | undefined }> {
  const socket = connect({ host: '127.0.0.1', port })
  let reply = ''
  let error: string | undefined
  socket.on('data', (bytes) => {
    reply += bytes.toString()
  })
  socket.on('error', (problem: NodeJS.ErrnoException) => {
    error = problem.code
  })
  socket.end(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return { reply, error }
}

test('relays to the target, makes its faults, and says at the end what it did', async () => {
  const server = await echo()
  const flags = ['--latency', '30ms', '--slice', '4', '--direction', 'down', '--seed', '7']
  const run = new Home().start(['relay', '--to', `127.0.0.1:${server.port}`, ...flags])
  const port = await portOf(run)
  const began = performance.now()
  expect(await say(port, 'hello relay')).toEqual({ reply: 'hello relay', error: undefined })
  expect(performance.now() - began).toBeGreaterThanOrEqual(30)
  run.kill('SIGINT')
  const { code, stdout, stderr } = await run.finished
  expect(code).toBe(0)
  // Its socket to the target may still be closing.
  expect(stdout.replace(', 1 open at the end', '')).toBe(
    [
      `127.0.0.1:${port}`,
      '1 connection; 11 B up, 11 B down',
      'latency 30ms, down: drawn for 1, made on 1',
      'slices of 4 B, down: drawn for 1, made on 1',
      '',
    ].join('\n'),
  )
  expect(stderr).toBe(
    [
      `relaying 127.0.0.1:${port} to 127.0.0.1:${server.port}; seed 7`,
      '  latency 30ms, down',
      '  slices of 4 B, down',
      'until Ctrl-C',
      '',
    ].join('\n'),
  )
})

test('takes its faults from a scenario, and prints JSON lines', async () => {
  const server = await echo()
  const home = new Home()
  const file = home.write(
    's.yaml',
    'name: any\nfaults:\n  - { resetAfter: 5B, direction: up, until: 1h }\n  - { refuse: true, from: 1h }\n',
  )
  const run = home.start(['relay', '--to', `127.0.0.1:${server.port}`, '--faults', file, '--seed', 'x', '--json', '-q'])
  expect((await say(await portOf(run), 'hello relay')).error).toBe('ECONNRESET')
  run.kill('SIGTERM')
  const { code, stdout, stderr } = await run.finished
  expect([code, stderr]).toEqual([0, ''])
  const [listening, stopped, ...rest] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const reset = { kind: 'resetAfter', bytes: 5, direction: 'up', probability: 1, fromMs: 0, untilMs: 3_600_000 }
  const refuse = { kind: 'refuse', direction: 'both', probability: 1, fromMs: 3_600_000 }
  expect(rest).toEqual([])
  expect(listening).toMatchObject({ event: 'listening', to: `127.0.0.1:${server.port}`, seed: 'x', faults: [reset, refuse] })
  expect(stopped).toEqual({
    event: 'stopped',
    connections: 1,
    open: expect.any(Number),
    unreached: 0,
    bytesUp: 5,
    bytesDown: expect.any(Number),
    faults: [
      { ...reset, drawn: 1, acted: 1 },
      { ...refuse, drawn: 1, acted: 0 },
    ],
  })
  expect(server.accepted()).toBe(1)
})

test('of a scenario with faults of every kind it makes those on the wire, and names the others', async () => {
  const server = await echo()
  const home = new Home()
  const kinds = [
    '{ delay: 1s, probability: 5% }',
    '{ resetAfter: 5B }',
    '{ drop: reset, probability: 1% }',
    '{ delay: 2s, probability: 1% }',
  ]
  const file = home.write('s.yaml', `name: any\nfaults:\n${kinds.map((kind) => `  - ${kind}\n`).join('')}`)
  const run = home.start(['relay', '--to', `127.0.0.1:${server.port}`, '--faults', file])
  expect((await say(await portOf(run), 'hello relay')).error).toBe('ECONNRESET')
  run.kill('SIGTERM')
  const { code, stderr } = await run.finished
  expect(code).toBe(0)
  expect(stderr).toContain('left out of s.yaml: delay, drop; only `burn run` makes them')
})

test('a port that is in use is a problem of this machine', async () => {
  const server = await echo()
  const { code, stderr } = await new Home().call(['relay', '--to', '127.0.0.1:9', '--listen', String(server.port)])
  expect([code, stderr]).toEqual([
    7,
    `burn: port ${server.port} is in use\n  hint: choose another with --listen, or 0 for a free one\n`,
  ])
})

test.each([
  [['--to', 'nowhere'], '--to nowhere: expected a host and a port'],
  [['--to', 'a:0'], '--to a:0: expected a host and a port'],
  [['--to', 'a:1', '--listen', '70000'], '--listen 70000: expected a whole number from 0 to 65535'],
  [['--to', 'a:1', '--latency', '5'], '--latency 5: expected a duration with its unit, such as 500ms, 10s or 1m30s, got "5"'],
  [
    ['--to', 'a:1', '--bandwidth', '5KiB'],
    '--bandwidth 5KiB: expected a bandwidth with its unit, such as 100KiB/s or 1MB/s, got "5KiB"',
  ],
  [['--to', 'a:1', '--refuse', '--probability', '120%'], '--probability 120%: must be at most 100%'],
  [['--to', 'a:1', '--slice', 'few'], '--slice few: expected a whole number from 1 to 1048576'],
  [['--to', 'a:1', '--refuse', '--from', '5s', '--until', '5s'], '--until 5s: must be later than --from'],
  [['--to', 'a:1', '--jitter', '5ms'], '--jitter says more of --latency, which is missing'],
  [['--to', 'a:1', '--probability', '5%'], '--probability says of which bytes a fault is made, and no flag says which fault'],
])('%j is refused', async (flags, message) => {
  const { code, stderr } = await new Home().call(['relay', ...flags])
  expect([code, stderr.split('\n')[0]]).toEqual([2, `burn: ${message}`])
})

test('an entry in a file is refused at its place', async () => {
  const home = new Home()
  const file = home.write('f.yaml', '- { latency: 50ms, jiter: 2ms }\n')
  const { code, stderr } = await home.call(['relay', '--to', '127.0.0.1:9', '--faults', file])
  expect(code).toBe(2)
  expect(stderr).toContain('f.yaml:1:20: error E_UNKNOWN_KEY unknown key "jiter"')
})
