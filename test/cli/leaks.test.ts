/** A leak hunt: a target that says back all it was sent, in every encoding and cut anywhere; then every command that reads what the run has left. */
import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { CHUNKED, chunk, faultServer, reply, type Seen } from '../servers/http-faults.ts'
import { shareOf } from '../support/share.ts'
import { chat, closeAfter, Home } from './harness.ts'

const SECRET = `s3cr+t/"q'&<k>=%41-${'0123456789abcdef'.repeat(2)}`

const base64 = (text: string) => Buffer.from(text).toString('base64')
const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

const escaped = (text: string) => text.replace(/[\s\S]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The secret as others write it. */
const SENT: Readonly<Record<string, string>> = {
  raw: SECRET,
  'in JSON': inJson(SECRET),
  'in JSON in JSON': inJson(inJson(SECRET)),
  base64: base64(SECRET),
  'in JSON, each character escaped': escaped(SECRET),
  'in JSON, in capitals': escaped(SECRET).toUpperCase().replaceAll('\\U', '\\u'),
  'base64 behind one byte': base64(`x${SECRET}`),
  'base64 behind two bytes': base64(`xx${SECRET}`),
  'base64 of base64': base64(base64(`user:${SECRET}`)),
  base64url: Buffer.from(SECRET).toString('base64url'),
  percent: encodeURIComponent(SECRET),
  'as a form': new URLSearchParams({ a: SECRET }).toString().slice(2),
  hexadecimal: Buffer.from(SECRET).toString('hex'),
  'HEX, in capitals': Buffer.from(SECRET).toString('hex').toUpperCase(),
}

/** Forms of which JSON doubles the backslashes, so that no body of a request has them as they are. */
const ESCAPED = ['in JSON, each character escaped', 'in JSON, in capitals']

/** What is looked for; of base64 the digits that a text settles wherever it stands. */
const FORMS: Readonly<Record<string, string>> = {
  ...SENT,
  ...Object.fromEntries(ESCAPED.map((name) => [`${name}, in JSON`, inJson(SENT[name] ?? '')])),
  ...settled('base64', SECRET),
  ...settled('base64 of JSON', inJson(SECRET)),
  // Behind `user:` it begins at the third place of a group, and its digits at the second of the outer one.
  'base64 of base64': coreBehind(1, coreBehind(2, SECRET)),
  'percent of JSON': encodeURIComponent(inJson(SECRET)),
}

function settled(name: string, text: string): Record<string, string> {
  return Object.fromEntries([0, 1, 2].map((bytes) => [`${name} behind ${bytes}`, coreBehind(bytes, text)]))
}

function coreBehind(bytes: number, text: string): string {
  return base64(`${'x'.repeat(bytes)}${text}`).slice([0, 2, 3][bytes], -4)
}

/**
 * All that a target could make of a request: its headers and its body, and each of these in every encoding. Of a long body its end: what was
 * echoed before is a part of it, and would make each reply twelve times as long as the one before.
 */
function echoOf({ headers, body }: Seen): string {
  const whole = `${JSON.stringify(headers)} ${body.slice(-4000)} ${headers.authorization}`
  const encoded = [whole, headers.authorization ?? ''].flatMap((text) => [base64(text), encodeURIComponent(text), inJson(text)])
  return [whole, ...encoded, ...Object.values(SENT)].join(' ')
}

const textOf = (content: string) => JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }] })
const deltaOf = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

/** Writes bytes few at a time, each piece when the one before has been taken. */
function dribble(socket: Socket, bytes: Buffer, size: number): void {
  if (bytes.length === 0) return void socket.end()
  socket.write(bytes.subarray(0, size), () => setImmediate(() => dribble(socket, bytes.subarray(size), size)))
}

/** One way to answer for each step. */
const WAYS = {
  '/json': (socket: Socket, seen: Seen) => void socket.end(reply(textOf(echoOf(seen)))),
  '/gzip': (socket: Socket, seen: Seen) => void socket.end(reply(gzipSync(textOf(echoOf(seen))), { 'content-encoding': 'gzip' })),
  '/chunks': (socket: Socket, seen: Seen) => {
    const body = Buffer.from(textOf(echoOf(seen)))
    const pieces = Array.from({ length: Math.ceil(body.length / 7) }, (_, n) => chunk(body.subarray(n * 7, n * 7 + 7)))
    dribble(socket, Buffer.concat([Buffer.from(CHUNKED), ...pieces, Buffer.from('0\r\n\r\n')]), 911)
  },
  '/stream': (socket: Socket, seen: Seen) => {
    const tokens = echoOf(seen).match(/[\s\S]{1,3}/g) ?? []
    const events = [...tokens.map(deltaOf), 'data: [DONE]\n\n'].join('')
    socket.end(reply(events, { 'content-type': 'text/event-stream' }))
  },
  '/denied': (socket: Socket, seen: Seen) =>
    void socket.end(reply(JSON.stringify({ error: { message: echoOf(seen) } }), { 'x-echo': base64(SECRET) }, '401 Denied')),
} as const

/** A webhook whose receiver gives back its secret as the reason why it does not take a message, and a receiver of metrics that does so. */
const broken = (socket: Socket) => void socket.end(reply(`${SECRET} ${base64(SECRET)}`, {}, '500 Broken'))
/** A node-exporter that names its machine after the credentials that it got. */
const node = (socket: Socket) =>
  void socket.end(reply(`node_load1 1\nnode_uname_info{nodename="${inJson(SECRET)} ${base64(SECRET)}"} 1\n`))
const HOOK = { '/hook': broken, '/v1/metrics': broken, '/node': node } as const

/** Where the secret was found, in any form. */
function leaksIn(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([where, text]) =>
    Object.entries(FORMS).flatMap(([form, secret]) => (text.includes(secret) ? [`${form} in ${where}`] : [])),
  )
}

/** Targets, one for each way to answer, that stream or not; the secret is a credential, a header, and part of every message. */
function scenarioFor(url: string, token: string) {
  const ways = Object.keys(WAYS)
  const target = (path: string) => ({
    ...{
      preset: 'openai-chat',
      url: `${url}${path}`,
      model: 'demo',
      auth: { type: 'bearer', token },
      headers: { 'x-more': `a ${token}` },
    },
    ...(path === '/stream' ? {} : { stream: false }),
  })
  const steps = ways.map((path) => ({ name: path.slice(1), target: path.slice(1), message: `my key is ${token}` }))
  const targets = Object.fromEntries(ways.map((path) => [path.slice(1), target(path)]))
  const { target: _, ...rest } = chat(url)
  const webhooks = [{ url: `${url}/hook`, secret: token, headers: { authorization: `Bearer ${token}` }, retry: { attempts: 1 } }]
  const exported = [
    { otlp: url, headers: { authorization: `Bearer ${token}` } },
    { prometheus: 'live.prom' },
    { influx: 'live.lp', token },
  ]
  const asked = { headers: { authorization: `Bearer ${token}` } }
  const beside = {
    observe: { url: `${url}/node`, names: ['node_load1'], ...asked },
    monitor: { from: `${url}/node`, ...asked },
    health: { url: `${url}/node`, expect: { contains: 'nothing' }, ...asked },
  }
  return { ...rest, targets, steps, load: [{ users: 1, iterations: 2 }], webhooks, export: exported, ...beside }
}

/** Commands that read what a run has left; each is called in a process that does not know the secret. */
const LATER: readonly (readonly string[])[] = [
  ...['console', 'json', 'junit', 'md', 'html', 'hlog', 'prometheus', 'csv', 'jsonl', 'parquet'].map((format) => [
    'report',
    'a',
    '--format',
    format,
  ]),
  ...['attempt', 'iteration', 'step', 'run'].map((level) => ['report', 'a', '--format', 'csv', '--level', level]),
  ['report', 'a', '--quality'],
  ['tail', 'a', '-n', 'all', '--full'],
  ['tail', 'a', '-n', 'all', '--json'],
  ['replay', 'a', '--plain', '--full', '--speed', 'max'],
  ['replay', 'a', '--json'],
  ['replay', 'a', '--list'],
  ...['console', 'json', 'md', 'html'].map((format) => ['compare', 'a', 'b', '--format', format]),
  ['runs', 'list', '.', '--json'],
  ['runs', 'show', 'a'],
  ['runs', 'show', 'a', '--json'],
  ['run', '--from', 'a'],
]

test.each(
  shareOf([
    ['from a variable', '${env.CHAT_TOKEN}', { CHAT_TOKEN: SECRET }],
    ['from a file', '${file.chat_token}', { BURN_SECRETS_DIR: 'secrets' }],
  ]),
)('a secret %s is in no output of any command', async (_, token, env) => {
  const home = new Home()
  const server = await faultServer({ ...WAYS, ...HOOK })
  closeAfter({ close: () => server.stop() })
  home.write('secrets/chat_token', `${SECRET}\n`)
  const file = home.write('s.json', scenarioFor(server.url, token))
  const found: Record<string, string> = {}
  const call = async (args: readonly string[], known = {}) => {
    const { stdout, stderr, code } = await home.call(args, { env: known })
    Object.assign(found, { [`stdout of ${args.join(' ')}`]: stdout, [`stderr of ${args.join(' ')}`]: stderr })
    return code
  }
  const reports = 'junit,md,json,html,hlog,prometheus,csv:run,csv:step,csv:attempt,jsonl,parquet'
  const flags = ['--log', 'all', '--report', reports, '--allow-lag', '60s', '--max-error-rate', '90%']
  for (const folder of ['a', 'b'])
    await call(
      ['run', file, ...flags, '--out', folder, '--events', `${folder}.events`, '-o', `${folder}.json`, '-v', '--json'],
      env,
    )
  const at = (path: string) => server.seen.filter(({ target }) => target === path).length
  expect([server.seen.length - at('/hook') - at('/v1/metrics') - at('/node'), at('/hook')]).toEqual([20, 2])
  expect(at('/node')).toBeGreaterThanOrEqual(12)
  expect(at('/v1/metrics')).toBeGreaterThanOrEqual(2)
  await call(['webhook', 'test', file], env)
  await call(['webhook', 'redeliver', 'a'], env)
  await call(['ping', file, '--all', '--raw'], env)
  await call(['ping', file, '--all', '--json'], env)
  await call(['plan', file], env)
  await call(['plan', file, '--graph'], env)
  await call(['validate', file], env)
  await call(['run', file, '--show-config'], env)
  for (const args of shareOf(LATER)) expect([args, await call(args)]).not.toEqual([args, 5])
  for (const name of home.files()) if (!name.startsWith('secrets/')) found[name] = home.read(name)
  expect(leaksIn(found)).toEqual([])
  // It was really sent, and in every form: replies become a part of the next requests. What came back was really kept.
  const wire = server.seen.map(({ headers, body }) => `${headers.authorization} ${headers['x-more']} ${body}`).join('\n')
  const sent = Object.keys(FORMS).filter((form) => !ESCAPED.includes(form))
  expect(leaksIn({ wire })).toEqual(sent.map((form) => `${form} in wire`))
  const journal = home.read('a/sessions.jsonl')
  expect(journal.match(/my key is \[secret\]/g)?.length).toBeGreaterThanOrEqual(10)
  for (const way of Object.keys(WAYS)) expect(journal, way).toContain(`"target":"${way.slice(1)}"`)
})
