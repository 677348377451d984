/** burn talks to the targets and to nobody else: no telemetry, no look for updates, no look-up of a name that nobody gave. */
import { expect, test } from 'vitest'
import { webhookReceiver } from '../servers/webhook-receiver.ts'
import { shareOf } from '../support/share.ts'
import { chat, Home, mockFor } from './harness.ts'

/** Writes down every connection, look-up, datagram and child process of burn; `reached` is a file. */
const WATCH = `
import { appendFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
const require = createRequire(import.meta.url)
const note = (what) => appendFileSync(process.env.BURN_TEST_REACHED, what + '\\n')
const watch = (owner, name, words) => {
  const own = owner[name]
  owner[name] = function (...args) { note(words(...args)); return own.apply(this, args) }
}
const net = require('node:net')
watch(net.Socket.prototype, 'connect', (first, ...rest) => {
  const [options] = Array.isArray(first) ? first : [first, ...rest]
  const { host, port, path } = typeof options === 'object' ? options : { port: options, host: rest[0] }
  return 'connect ' + (path ?? (host ?? 'localhost') + ':' + port)
})
const dns = require('node:dns')
for (const owner of [dns, dns.promises, dns.Resolver.prototype])
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveTxt', 'resolveSrv', 'reverse'])
    if (typeof owner[name] === 'function') watch(owner, name, (host) => 'look up ' + host)
watch(require('node:dgram').Socket.prototype, 'send', () => 'datagram')
const children = require('node:child_process')
for (const name of ['spawn', 'spawnSync', 'exec', 'execFile', 'execFileSync', 'execSync', 'fork']) watch(children, name, (file) => 'start ' + file)
syncBuiltinESMExports()
note('watching')
`

test('no command reaches anything but the target, and a run the webhooks that it names', async () => {
  const home = new Home()
  const mock = await mockFor()
  const preload = home.write('watch.mjs', WATCH)
  const receiver = await webhookReceiver()
  const webhooks = [{ url: receiver.url, events: ['run.completed'] }]
  const file = home.write('s.json', chat(mock.url, { load: [{ users: 2, iterations: 6 }], webhooks }))
  home.write('api.sh', `curl ${mock.url}/v1/chat/completions -d '{}'`)
  home.write('burn.config.yaml', 'log: all\nallow: ["*.example.com"]\n')
  const reports = 'junit,md,json,html,hlog,prometheus,csv:attempt,jsonl,parquet'
  const runs = [
    ['run', file, '--out', 'a', '--allow-lag', '60s', '--report', reports, '--events', 'events.jsonl'],
    ['run', '--from', 'a', '--out', 'b', '--allow-lag', '60s'],
    ['run', file, '--out', 'c', '-e', 'mock:', '--allow-lag', '60s'],
    ['ping', file],
  ]
  const others = [
    ['plan', file],
    ['validate', file],
    ['report', 'a', '--format', 'html', '-o', 'a.html'],
    ['report', 'a', '--quality'],
    ['compare', 'a', 'b', '--format', 'html'],
    ['tail', 'a', '-n', 'all'],
    ['replay', 'a', '--plain', '--speed', 'max'],
    ['runs', '.'],
    ['runs', 'show', 'a'],
    ['generate', '--list'],
    ['convert', 'api.sh', '--from', 'curl'],
    ['explain', 'E_URL'],
    ['schema', 'config'],
    ['--version'],
  ]
  const commands: readonly (readonly string[])[] = [...runs, ...shareOf(others)]
  const reached: string[] = []
  for (const args of commands) {
    home.write('reached', '')
    const env = { BURN_TEST_REACHED: home.file('reached') }
    const { code, stderr } = await home.burn(args, { env, node: ['--import', `./${preload}`] })
    expect([0, 1, 4], `${args.join(' ')}: ${stderr}`).toContain(code)
    const [first, ...rest] = home.read('reached').trim().split('\n')
    expect(first).toBe('watching')
    reached.push(...rest.map((what) => `${args[0]}: ${what}`))
  }
  const { host } = new URL(mock.url)
  const targets = new Set([`run: connect ${host}`, `ping: connect ${host}`, `run: connect ${new URL(receiver.url).host}`])
  // The embedded mock has a port of its own, on loopback as well.
  const elsewhere = reached.filter((what) => !targets.has(what) && !/^run: connect 127\.0\.0\.1:\d+$/.test(what))
  expect(elsewhere).toEqual([])
  expect(reached).toEqual(expect.arrayContaining([...targets]))
})
