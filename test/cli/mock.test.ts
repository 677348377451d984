/** `burn mock` says where it can be talked to in each protocol, and it is so. */
import { expect, test } from 'vitest'
import { runScenario } from '../support/run.ts'
import { shareOf } from '../support/share.ts'
import { Home, OUT, SUBSCRIBED } from './harness.ts'

const REPLY = { topic: 'chat/out/%c', correlation: { send: 'id', receive: 'id' } }
/** What a target needs beside each address. */
const TARGETS: Readonly<Record<string, object>> = {
  'HTTP, SSE': { preset: 'custom-http' },
  'SSE stream': SUBSCRIBED,
  WebSocket: { preset: 'custom-websocket' },
  gRPC: { preset: 'custom-grpc' },
  MQTT: { preset: 'custom-mqtt' },
  '': { protocol: 'mqtt', mqtt: { version: 5, topic: 'chat/in', reply: REPLY } },
}

test('prints the address of each protocol, and a chat is to be had at all of them', async () => {
  const run = new Home().start(['mock', '--port', '0', '--set', 'firstTokenMs=1'])
  await run.until(({ stderr }) => stderr.includes('serving until Ctrl-C'))
  const { stdout, stderr } = await stopAfter(run, async (output) => {
    for (const [name, url] of rowsOf(output)) {
      const { attempts } = await runScenario({
        name: 'address',
        target: { ...TARGETS[name], url: name.startsWith('HTTP') ? `${url}/chat` : url },
        load: [{ users: 1, iterations: 1 }],
        steps: [{ message: 'hello', expect: [{ contains: 'turn 1: hello' }] }],
      } as never)
      expect([name, attempts[0]?.exchange.failure]).toEqual([name, undefined])
    }
  })
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
  expect(rowsOf(stderr).map(([name]) => name)).toEqual(Object.keys(TARGETS))
})

test.each(
  shareOf([
    ['without a word about it', {}],
    ['version 4', { mqtt: { version: 4 } }],
    ['version 5', { mqtt: { version: 5, qos: 2 } }],
    ['version 5, by correlation data', { mqtt: { version: 5, reply: { topic: 'answers/%c', correlation: 'property' } } }],
  ]),
)('`mock:` with protocol mqtt is a chat: %s', async (_what, more) => {
  const home = new Home()
  const scenario = home.write('s.json', {
    name: 'mqtt',
    target: { url: 'mock:', protocol: 'mqtt', ...more },
    load: [{ users: 3, iterations: 9 }],
    steps: [{ message: 'hello', expect: [{ contains: 'turn 1: hello' }] }],
  })
  const { code, stderr } = await home.call(['run', scenario, ...OUT])
  expect(code, stderr).toBe(0)
  expect(home.result()).toMatchObject({ totalMessages: 9, successfulMessages: 9, failedMessages: 0, warnings: {} })
})

test('`mock:` with a topic of its own is no chat: complete when it was acknowledged', async () => {
  const home = new Home()
  const target = { url: 'mock:', protocol: 'mqtt', mqtt: { topic: 'sensors/%i' } }
  const { code } = await home.call(['run', home.write('s.json', { name: 'mqtt', target, steps: [{ message: 'hello' }] }), ...OUT])
  expect([code, home.result().successfulMessages]).toEqual([0, 1])
})

test('--help names them', async () => {
  const { stdout } = await new Home().call(['mock', '--help'])
  for (const name of ['HTTP', 'SSE', 'WebSocket', 'gRPC', 'MQTT']) expect(stdout).toContain(name)
})

test.each([
  ['firstTokenMss=1', 'there is no setting "firstTokenMss"', 'did you mean firstTokenMs?'],
  ['foo=1', 'there is no setting "foo"', '`burn mock --list` shows all'],
  ['errorRate=2', 'not a value of errorRate', 'default and range: 0 (0 to 1); Share of requests answered with an HTTP error'],
  ['persona=nobody', 'not a value of persona', 'default and range: "default" (default, '],
])('--set %s is refused', async (pair, words, hint) => {
  const { code, stderr } = await new Home().call(['mock', '--port', '0', '--set', pair])
  expect(code).toBe(2)
  expect(stderr).toContain(`burn: --set ${pair}: ${words}\n  hint: ${hint}`)
})

test('--list has the default and the range of every setting', async () => {
  const { code, stdout } = await new Home().call(['mock', '--list'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {2}firstTokenMs +40 \(0 to 3600000\) +Time from the complete request/m)
  expect(stdout).toMatch(/^ {2}status +unset \(400 to 599\) +Answer everything/m)
  expect(stdout).toMatch(/^ {2}endMarker +true \(true, false\) +Send the last frame/m)
  expect(stdout).toMatch(/^ {2}delay +unset \(\{ multiplier, modulus \}\) /m)
  expect(stdout).not.toMatch(/undefined/)
})

function rowsOf(stderr: string): [name: string, url: string][] {
  return [...stderr.matchAll(/^(\S.*?|) {2,}([a-z]+:\/\/\S+) {2}\(.+\)$/gm)].map(([, name = '', url = '']) => [name, url])
}

async function stopAfter(run: ReturnType<Home['start']>, act: (stderr: string) => Promise<void>) {
  let output = ''
  await run.until(({ stderr }) => {
    output = stderr
    return true
  })
  try {
    await act(output)
  } finally {
    run.kill('SIGTERM')
  }
  return run.finished
}
