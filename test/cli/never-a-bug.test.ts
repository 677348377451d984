/**
 * Whatever a user writes, an environment holds or a server sends: burn answers with a documented exit code that is not 5, and shows no
 * stack trace. What it says is for other tests. A failure tells the seed and the smallest case found; BURN_TEST_FUZZ=50 looks 50 times
 * as long, and BURN_TEST_SEED begins elsewhere.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { main } from '../../src/cli/main.ts'
import { catchCrashes } from '../../src/cli/output/crash.ts'
import { reportFailure } from '../../src/cli/output/failure.ts'
import { brokenCases } from '../scenario/broken-cases.ts'
import { framed } from '../servers/grpc-raw.ts'
import { frame as http2Frame } from '../servers/http2-raw.ts'
import { close, frame, text } from '../servers/ws-frames.ts'
import { acceptFor } from '../servers/ws-raw.ts'
import { drawn, FUZZ_TIMES } from '../support/share.ts'

const SEED = Number(process.env.BURN_TEST_SEED ?? 8)
const MOST_MS = 180_000 + FUZZ_TIMES * 60_000
/** On a busy machine fewer than that; what was not looked at is no failure. */
const runs = (numRuns: number) => ({ seed: SEED, numRuns: drawn(numRuns), interruptAfterTimeLimit: FUZZ_TIMES * 60_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const BUG = 5
const DOCUMENTED = [0, 1, 2, 3, 4, 6, 7, 130, 143]
/** After this long a run is told to stop, and again: a mutated delay may last for days. */
const PATIENCE_MS = 400
const AGAIN_MS = 50
/** The third time would end this process. */
const MOST_TIMES = 2

const around = mkdtempSync(join(tmpdir(), 'burn-fuzz-'))
/** `-o ..` stays in a folder of the test. */
const home = join(around, 'home')
const before = process.cwd()
/** Exit codes of what was thrown where nobody waits. */
const crashed: number[] = []

beforeAll(() => {
  mkdirSync(home)
  process.chdir(home)
  catchCrashes((error) => crashed.push(reportFailure(error)))
})

afterAll(() => {
  process.chdir(before)
  rmSync(around, { recursive: true, force: true })
})

/** Tells each run that listens to stop, however long it took until it did; ends with the function that is returned. */
function hangUpLater(): () => void {
  const told = new Map<unknown, number>()
  const tell = () => {
    const listener = process.listeners('SIGHUP').at(-1)
    const times = told.get(listener) ?? 0
    if (times < MOST_TIMES) listener?.('SIGHUP')
    told.set(listener, times + 1)
    timer = setTimeout(tell, AGAIN_MS)
  }
  let timer = setTimeout(tell, PATIENCE_MS)
  return () => clearTimeout(timer)
}

/** Runs the command line in this process. @throws when it ends as it never may */
async function burn(args: readonly string[], env: Readonly<Record<string, string>> = {}, about = ''): Promise<void> {
  let said = ''
  const write = (piece: unknown) => {
    said += String(piece)
    return true
  }
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(write))
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const stopAsking = hangUpLater()
  try {
    const code = await main(['node', 'burn', ...args])
    for (const one of [code, ...crashed.splice(0)]) if (one === BUG || !DOCUMENTED.includes(one)) throw new Error(`exit ${one}`)
    if (/this is a bug in burn|^\s+at .+:\d+:\d+/m.test(said)) throw new Error('a stack trace')
  } catch (error) {
    throw new Error(`burn ${JSON.stringify([...args, env])}\n${about}\n${said.slice(-3000)}`, { cause: error })
  } finally {
    stopAsking()
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}

/** Texts that stand for something else somewhere. */
const ODD = [
  ...[
    '',
    ' ',
    '\0',
    '\ufeff',
    '\ud800',
    '💥',
    '\u202e',
    '\r\n',
    '\t',
    '%',
    '%i',
    '%00',
    '{{',
    '}}',
    '{{a}}',
    '{{#if a}}',
    '${env.NOPE}',
  ],
  ...[
    '${',
    '$.a[?@.b]',
    '$..*',
    '(',
    '[',
    '*',
    '/(a+)+$/',
    '-',
    '-1',
    '0',
    '1e999',
    'NaN',
    'Infinity',
    '99999999999999999999',
    '0.1.2',
  ],
  ...[
    'null',
    'true',
    '~',
    '!!js/function x',
    '&a [*a]',
    '<<: *a',
    '__proto__',
    'constructor',
    'toString',
    'a.b.0',
    '..',
    '/dev/null',
    '/',
  ],
  ...[
    'http://',
    'http://[',
    'http://[::1',
    'http://h:99999/',
    'mqtt://h/%i',
    'grpc://127.0.0.1:1/a',
    'ws://x y/',
    'mock:',
    'mock:?',
    '://',
  ],
  ...[
    '1s',
    '1s..',
    '10m..1ms',
    '20/s',
    '0/s',
    '5%',
    '1e9/s',
    '4KB',
    'errors ratio < 1%',
    'ttft p95 <',
    'reply.ok ? 1 : "a"',
    '@/nope',
    '@',
  ],
]
const odd = fc.constantFrom(...ODD)
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  odd,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null], { a: null }, [
    '',
    {},
  ]),
)

/** One change of a text: where (a share of its length), how much goes, what comes. */
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), gone: fc.nat(12), twice: fc.boolean(), come: odd })
const edits = fc.array(edit, { minLength: 1, maxLength: 3 })
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

function edited(source: Buffer, changes: readonly Edit[]): Buffer {
  return changes.reduce((bytes, { at, gone, twice, come }) => {
    const from = Math.floor(at * bytes.byteLength)
    const cut = bytes.subarray(from, from + gone)
    return Buffer.concat(
      [bytes.subarray(0, from), Buffer.from(come), twice ? cut : '', bytes.subarray(from + gone)].map(Buffer.from),
    )
  }, source)
}

/** One change of a tree: a value at a random place becomes another, goes, or gets another name. */
const graft = fc.record({
  way: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
  value: oddValue,
  how: fc.constantFrom('set', 'name', 'drop'),
})
type Graft = typeof graft extends fc.Arbitrary<infer T> ? T : never

function grafted(node: unknown, { way: [step = 0, ...way], value, how }: Graft): unknown {
  if (typeof node !== 'object' || node === null || Object.keys(node).length === 0) return value
  const entries = Object.entries(node)
  const at = step % entries.length
  const changed = entries.flatMap(([key, child], index): [string, unknown][] => {
    if (index !== at) return [[key, child]]
    if (way.length > 0 && typeof child === 'object' && child !== null) return [[key, grafted(child, { way, value, how })]]
    if (how === 'drop') return []
    return how === 'name' ? [[String(value), child]] : [[key, value]]
  })
  return Array.isArray(node) ? changed.map(([, child]) => child) : Object.fromEntries(changed)
}

const examples = readdirSync(join(ROOT, 'scenarios'))
  .filter((name) => /\.(yaml|json)$/.test(name) && name !== 'burn.schema.json')
  .map((name) => readFileSync(join(ROOT, 'scenarios', name), 'utf8'))
const example = fc.constantFrom(...examples)
const asText = fc
  .tuple(fc.oneof(example, fc.constantFrom(...brokenCases.map(([, broken]) => broken))), edits)
  .map(([source, changes]) => edited(Buffer.from(source), changes))
const asTree = fc
  .tuple(example, fc.array(graft, { minLength: 1, maxLength: 3 }))
  .map(([source, grafts]) => Buffer.from(JSON.stringify(grafts.reduce<unknown>(grafted, parse(source)))))

const LOOKS = [
  ['validate', '--no-env'],
  ['validate'],
  ['plan'],
  ['plan', '--graph'],
  ['run', '--show-config'],
  ['convert', '-o', '-'],
]
const TRIAL = ['--out', 'out', '--overwrite', '--log', 'none', '--no-preflight']

test(
  'scenarios',
  async () => {
    const look = fc.constantFrom(...LOOKS)
    const check = fc.asyncProperty(
      fc.oneof(asText, asTree),
      look,
      fc.constantFrom('s.yaml', 's.json'),
      async (source, args, name) => {
        writeFileSync(name, source)
        await burn([...args, name], {}, source.toString('latin1'))
      },
    )
    await fc.assert(check, runs(100))
  },
  MOST_MS,
)

test(
  'scenarios that run',
  async () => {
    const check = fc.asyncProperty(asTree, async (source) => {
      writeFileSync('s.json', source)
      await burn(['run', 's.json', '-e', 'mock:', '-n', '2', '-c', '1', ...TRIAL], {}, String(source))
    })
    await fc.assert(check, runs(20))
  },
  MOST_MS,
)

const FLAGS = (
  '-s -e -p --preset --plugin --model -m --set --target --environment --vars-file -H -X --data -k --cacert --cert --key --profile -c -r ' +
  '--rate-scope -d -n --graceful --seed -t --max-error-rate --allow-lag --out -o --report --log --log-level --log-format --format --sample ' +
  '--step --strict --no-env --reply-time --input-price --output-price --graph --json --raw --all --timeout --from --lines --vu --full --list'
).split(' ')
const VARIABLES = (
  'ENDPOINT PROTOCOL PRESET PLUGIN MODEL ENVIRONMENT PROFILE CONNECTIONS RATE RATE_SCOPE DURATION ITERATIONS GRACEFUL SEED MAX_ERROR_RATE ' +
  'ALLOW_LAG OUT OUTPUT REPORT LOG LOG_LEVEL LOG_FORMAT'
)
  .split(' ')
  .map((name) => `BURN_${name}`)
/** Without `-`: burn would wait for what this process reads, and that never ends. */
const word = fc.oneof(
  odd.filter((one) => one !== '-'),
  fc.constantFrom('s.yaml', 'data', 'out', 'http', 'grpc', 'mqtt', 'websocket', 'openai-chat', '1', '5', 'a=b', 'a: b'),
)
const flags = fc.array(fc.tuple(fc.constantFrom(...FLAGS), word), { maxLength: 4 }).map((pairs) => pairs.flat())
const variables = fc.dictionary(
  fc.constantFrom(...VARIABLES),
  word.filter((value) => !value.includes('\0')),
  { maxKeys: 2 },
)

test(
  'flags and variables',
  async () => {
    writeFileSync('s.yaml', examples[0] ?? '')
    writeFileSync('data', 'a,b\n1\n')
    const commands = [
      ['run', '--show-config'],
      ['validate'],
      ['plan'],
      ['report'],
      ['tail'],
      ['generate', '-y', '-o', '-'],
      ['convert'],
      ['schema'],
    ]
    const command = fc.constantFrom(...commands)
    const check = fc.asyncProperty(
      command,
      fc.array(word, { maxLength: 2 }),
      flags,
      variables,
      async (start, words, more, env) => {
        await burn([...start, ...words, ...more], env)
      },
    )
    await fc.assert(check, runs(200))
  },
  MOST_MS,
)

/** Says the same to all who speak to it, then hangs up. */
async function parrot(bytes: (asked: Buffer) => Buffer): Promise<{ port: number; close(): void }> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {})
    socket.once('data', (asked: Buffer) => socket.end(bytes(asked)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // it listens on TCP
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

const field = (name: string, value: string) => [0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)]
const SETTINGS = Buffer.concat([http2Frame(4, 0, 0), http2Frame(4, 1, 0)])
const GRPC_REPLY = Buffer.concat([
  SETTINGS,
  http2Frame(1, 4, 1, Buffer.from([0x88, ...field('content-type', 'application/grpc')])),
  http2Frame(0, 0, 1, framed(Buffer.from([0x0a, 2, 0x68, 0x69]))),
  http2Frame(1, 5, 1, Buffer.from([...field('grpc-status', '0'), ...field('grpc-message', 'ok')])),
])
const HTTP2_REPLY = Buffer.concat([
  SETTINGS,
  http2Frame(1, 4, 1, Buffer.from([0x88, ...field('content-type', 'application/json')])),
  http2Frame(0, 1, 1, Buffer.from('{"text":"hi"}')),
])
const MQTT_REPLY = Buffer.concat([
  generate({ cmd: 'connack', sessionPresent: false, returnCode: 0 }),
  generate({ cmd: 'suback', messageId: 1, granted: [0] }),
  generate({ cmd: 'publish', topic: 'reply', payload: '{"text":"hi"}', qos: 1, messageId: 7, dup: false, retain: false }),
  generate({ cmd: 'puback', messageId: 2 }),
])
const FRAMES = Buffer.concat([
  text('{"text":"h'),
  frame(9, 'ping'),
  frame(1, 'part', { fin: false }),
  frame(0, 'end'),
  close(1000, 'bye'),
])

/** Recorded replies of every dialect. */
const recorded = ['anthropic', 'gemini', 'generic', 'ollama', 'openai-chat', 'openai-completions', 'openai-responses'].flatMap(
  (preset) => {
    const folder = join(ROOT, 'test', 'fixtures', preset)
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(md|ts)$/.test(entry.name))
      .map((entry) => ({ preset, body: readFileSync(join(entry.parentPath, entry.name)) }))
  },
)

function httpReply(body: Buffer): Buffer {
  const kind = /^(data|event|:)/.test(body.toString('latin1', 0, 20)) ? 'text/event-stream' : 'application/json'
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${kind}\r\ncontent-length: ${body.byteLength}\r\n\r\n`),
    body,
  ])
}

interface Conversation {
  readonly reply: Buffer
  /** The run that hears it. */
  readonly args: (port: number) => readonly string[]
}
const http =
  (args: readonly string[], path = '/') =>
  (port: number) => [`http://127.0.0.1:${port}${path}`, ...args]
const conversations: readonly Conversation[] = [
  ...recorded.map(({ preset, body }) => ({
    reply: httpReply(body),
    args: http(['--preset', preset, '--model', 'm', '-m', 'hi']),
  })),
  { reply: HTTP2_REPLY, args: http(['--set', 'target.http.version="2"', '-m', 'hi']) },
  { reply: GRPC_REPLY, args: (port) => [`grpc://127.0.0.1:${port}/burn.chat.v1.ChatService/SendMessage`, '-m', 'hi'] },
  { reply: MQTT_REPLY, args: (port) => [`mqtt://127.0.0.1:${port}/ask`, '-m', 'hi', '--set', 'target.mqtt.replyTopic=reply'] },
  { reply: FRAMES, args: (port) => [`ws://127.0.0.1:${port}/`, '-m', 'hi'] },
]
/** The kinds as often as one another: there is one conversation of MQTT, and there are dozens of HTTP. */
const conversation = fc.oneof(fc.constantFrom(...conversations), fc.constantFrom(...conversations.slice(-4)))

function upgraded(asked: Buffer, reply: Buffer): Buffer {
  const key = /^sec-websocket-key: *(\S+)/im.exec(asked.toString('latin1'))?.[1]
  if (key === undefined) return reply
  const head = `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${acceptFor(key)}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), reply])
}

test(
  'replies',
  async () => {
    const look = fc.constantFrom(['run', ...TRIAL, '-n', '2', '-c', '1'], ['ping', '--timeout', '300ms'])
    const check = fc.asyncProperty(conversation, edits, look, async ({ reply, args }, changes, command) => {
      const changed = edited(reply, changes)
      const server = await parrot((asked) => upgraded(asked, changed))
      try {
        await burn([...command, ...args(server.port)], {}, changed.toString('latin1'))
      } finally {
        server.close()
      }
    })
    await fc.assert(check, runs(60))
  },
  MOST_MS,
)

test(
  'stored runs',
  async () => {
    await burn([
      'run',
      'mock:',
      '--preset',
      'openai-chat',
      '--model',
      'm',
      '-m',
      'hi',
      '-n',
      '2',
      '--out',
      'kept',
      '--log',
      'all',
    ])
    const names = ['result.json', 'sessions.jsonl'] as const
    const [result = '', journal = ''] = names.map((name) => readFileSync(join('kept', name), 'utf8'))
    const changedResult = fc.oneof(
      fc
        .array(graft, { minLength: 1, maxLength: 3 })
        .map((all) => JSON.stringify(all.reduce<unknown>(grafted, JSON.parse(result)))),
      edits.map((changes) => edited(Buffer.from(result), changes).toString()),
    )
    const changedJournal = edits.map((changes) => edited(Buffer.from(journal), changes))
    const formats = ['console', 'json', 'junit', 'md', 'html', 'hlog', 'prometheus', 'csv', 'jsonl'].map((format) => [
      'report',
      'kept',
      '-f',
      format,
    ])
    const look = fc.constantFrom(...formats, ['tail', 'kept'], ['tail', 'kept', '--full'])
    const check = fc.asyncProperty(changedResult, changedJournal, look, async (changed, log, args) => {
      writeFileSync(join('kept', 'result.json'), changed)
      writeFileSync(join('kept', 'sessions.jsonl'), log)
      await burn(args, {}, `${changed}\n${log.toString('latin1')}`)
    })
    await fc.assert(check, runs(60))
  },
  MOST_MS,
)

test('an error of a kind that burn does not know is seen', async () => {
  vi.spyOn(JSON, 'stringify').mockImplementationOnce(() => {
    throw new TypeError('not thought of')
  })
  await expect(burn(['schema'])).rejects.toThrow('not thought of')
})
