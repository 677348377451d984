/** `--plugin`: a protocol from outside is measured, judged and described as those that burn brings along. */
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { shareOf } from '../support/share.ts'
import { closeAfter, Home, OUT, ROOT } from './harness.ts'

const LINES = join(ROOT, 'test', 'fixtures', 'plugins', 'lines.mjs')

/** Answers each line with the same in capitals; counts them. */
async function lineServer() {
  const seen: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const line = bytes.toString()
      seen.push(line)
      if (line.startsWith('hang up')) socket.destroy()
      else socket.write(line.toUpperCase())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAfter({
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  const address = server.address()
  return { seen, url: `lines://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }
}

const scenario = (url: string, line: string, target: object = {}) => ({
  name: 'lines',
  target: { url, ...target },
  load: [{ users: 2, iterations: 6 }],
  steps: [{ request: { line }, expect: [{ contains: 'HELLO' }] }],
})

describe('--plugin', () => {
  test('is what the scheme of an unknown address may lack', async () => {
    const home = new Home()
    home.write('s.json', scenario('lines://127.0.0.1:1', 'hello'))
    const { stdout } = await home.call(['validate', 's.json'])
    expect(stdout).toMatch(/addresses that begin with lines:\/\/[\s\S]*hint: .*--plugin FILE for a protocol of your own/)
  })

  test('adds a protocol: run, with the counts of the server', async () => {
    const { url, seen } = await lineServer()
    const home = new Home()
    home.write('s.json', scenario(url, 'hello', { lines: { suffix: '!' }, headers: { 'x-any': 'a' } }))
    const { code, stderr } = await home.burn(['run', 's.json', '--plugin', LINES, ...OUT])
    expect(stderr).toMatch(/6 planned, all ok/)
    expect(stderr).not.toMatch(/Warning/)
    expect(code).toBe(0)
    expect(seen).toEqual(Array(6).fill('hello!\n'))
    const { total, connectionMetrics } = home.result()
    expect(total.counts).toMatchObject({ planned: 6, ok: 6, failed: 0 })
    expect(connectionMetrics).toMatchObject({ successfulConnections: 2, failedConnections: 0 })
  })

  test('what goes wrong on the line is data', async () => {
    const { url, seen } = await lineServer()
    const home = new Home()
    home.write('s.json', scenario(url, 'hang up'))
    const { code } = await home.burn(['run', 's.json', '--plugin', LINES, '--no-preflight', ...OUT])
    expect(code).toBe(3)
    expect(seen).toHaveLength(6)
    expect(home.result().errors.map((group) => [group.class, group.phase, group.count])).toEqual([['closed_early', 'stream', 6]])
  })

  test('is part of the schema, of validate and of BURN_PLUGIN', async () => {
    const home = new Home()
    home.write('s.json', scenario('lines://127.0.0.1:1', 'hello', { lines: { sufix: '!' } }))
    const { code, stdout, stderr } = await home.burn(['validate', 's.json', '--plugin', LINES])
    expect(code).toBe(2)
    expect(stdout + stderr).toMatch(/unknown key "sufix"[\s\S]*did you mean suffix\?/)
    expect((await home.call(['validate', 's.json'])).stdout).toMatch(/unknown key "lines" in target/)
    const schema = await home.burn(['schema'], { env: { BURN_PLUGIN: LINES } })
    expect(schema.stdout).toContain('Text after every line')
    expect(readFileSync(join(ROOT, 'scenarios', 'burn.schema.json'), 'utf8')).not.toContain('Text after every line')
  })

  test('says the port of an address without one, and that is tried before the load', async () => {
    const home = new Home()
    // nothing listens at port 1
    home.write('p.mjs', plugin("schemes: { 'own:': { port: 1 } }"))
    home.write('s.json', scenario('own://127.0.0.1', 'hello'))
    const { code, stderr } = await home.burn(['run', 's.json', '--plugin', 'p.mjs', ...OUT])
    expect(stderr).toContain('cannot reach 127.0.0.1:1')
    expect(code).toBe(3)
  })

  test('says how many sockets its users need, and that its connections last', async () => {
    const home = new Home()
    home.write('p.mjs', plugin('lasting: true, sockets: (_, users) => users * 3'))
    home.write('s.json', scenario('own://x', 'hello'))
    expect((await home.burn(['plan', 's.json', '--plugin', 'p.mjs', '--json'])).stdout).toMatch(/"sockets": 6\b/)
    home.write(
      'p.mjs',
      plugin(`lasting: true, open: async (_, { events }) => {
      events.opened({ dnsMs: null, connectMs: 1, tlsMs: null })
      return { send(_, exchange) { exchange.sent(1); exchange.done() }, cancel() {}, close() { events.closed() } }
    }`),
    )
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const { stderr } = await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect(stderr).toContain('2 opened')
    expect((await home.burn(['report', 'out', '--plugin', 'p.mjs'])).stdout).toContain('2 opened')
  })

  test('runs from an address alone: its own step, --data where it says, else a chat message', async () => {
    const { url, seen } = await lineServer()
    const home = new Home()
    const facts = "sample: { step: { request: { line: 'usual' } } }, requestOf: ({ data }) => ({ line: data })"
    home.write('p.mjs', readFileSync(LINES, 'utf8').replace("schemes: ['lines:'],", `schemes: ['lines:'], ${facts},`))
    const run = (file: string, ...flags: string[]) =>
      home.burn(['run', url, '-n', '1', '--plugin', file, ...flags, ...OUT, '--overwrite'])
    expect((await run('p.mjs')).code).toBe(0)
    expect((await run('p.mjs', '--data', 'mine')).code).toBe(0)
    expect((await run(LINES)).code).toBe(0)
    expect(seen).toEqual(['usual\n', 'mine\n', '{"message":"Hello"}\n'])
    const lost = await run(LINES, '--data', 'mine')
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('burn cannot tell where lines carries it')])
    expect((await run('p.mjs', '--method', 'PUT')).stderr).toContain('lines has no methods')
  })

  test('says which of its options are files: one that is missing is found before the run', async () => {
    const home = new Home()
    const facts = "files: [{ path: ['keys'], kind: 'file' }], options: z.strictObject({ keys: z.string() })"
    home.write('p.mjs', plugin(facts))
    home.write('s.json', { ...scenario('own://x', 'hello', { own: { keys: 'none.txt' } }), steps: [{ request: { line: 'a' } }] })
    const { code, stdout, stderr } = await home.burn(['validate', 's.json', '--plugin', 'p.mjs'])
    expect(stdout + stderr).toContain('none.txt is not there')
    expect(code).toBe(2)
    // a key that has no default, in a block that was left out
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const lacking = await home.burn(['validate', 's.json', '--plugin', 'p.mjs'])
    expect([lacking.code, lacking.stdout + lacking.stderr]).toEqual([2, expect.stringContaining('needs settings: own.keys')])
  })

  test('README.md shows the plugin that is tested here', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`js\n${readFileSync(LINES, 'utf8')}\`\`\``)
  })

  test.each([
    ['a file that is not there', undefined, /--plugin .*p\.mjs: there is no such file/],
    ['a syntax error', 'export default {', /--plugin .*p\.mjs: Unexpected end of input/],
    ['no default export', 'export const a = 1', /its default export is not a connector/],
    ['a protocol that is there already', plugin("protocol: 'http'"), /there is a protocol "http" already/],
    ['a scheme that is taken', plugin("schemes: ['ws:']"), /the URL scheme "ws:" belongs to the protocol "websocket" already/],
    ['the name of a key', plugin("protocol: 'timeouts'"), /"timeouts" is a key of every target/],
    ['no schema', plugin('options: {}'), /`options` has to be a zod type/],
    ['no open', plugin('open: 1'), /`open` has to be a function/],
    ['a fact of another type', plugin("schemes: { 'own:': { port: '80' } }"), /p\.mjs: `schemes\.own:\.port`: .*number/],
    ['a fact that throws', plugin("get lasting() { throw new Error('no luck') }"), /p\.mjs: no luck/],
  ])('refuses %s', async (what, text, message) => {
    const home = new Home()
    home.write('s.json', scenario('http://127.0.0.1:1', 'hello'))
    if (text !== undefined) home.write('p.mjs', text)
    // What vitest says of a syntax error is not what Node says.
    const start = what === 'a syntax error' ? home.burn : home.call
    const { code, stderr } = await start.call(home, ['run', 's.json', '--plugin', 'p.mjs', ...OUT])
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
    expect(home.files()).not.toContain('out/result.json')
  })

  test('one that was refused has no part in what goes wrong with a later command', async () => {
    const home = new Home()
    home.write('p.mjs', plugin('open: 1'))
    await home.call(['validate', 's.json', '--plugin', 'p.mjs'])
    expect((await home.call(['run', '--log-level', 'loud'])).code).toBe(2)
  })

  describe('one that throws is a fault of this side, not a crash', () => {
    const ways: Readonly<Record<string, readonly [part: string, phase: string]>> = {
      'in open': ["open: () => { throw new Error('no luck') }", 'connect'],
      'in send': ["open: async () => ({ send() { throw new Error('no luck') }, cancel() {}, close() {} })", 'send'],
      'in an async send': [
        "open: async () => ({ async send() { await 1; throw new Error('no luck') }, cancel() {}, close() {} })",
        'send',
      ],
      'in fromStep': ["fromStep: () => { throw new Error('no luck') }", 'send'],
      'in send and again in cancel and close': [
        "open: async () => ({ send() { throw new Error('no luck') }, cancel() { throw 1 }, close() { throw 2 } })",
        'send',
      ],
    }
    const results = resultsOf(Object.entries(ways).map(([way, [part]]) => [way, part]))

    test.each(Object.entries(ways))('%s', async (way, [, phase]) => {
      const { exitCode, errors, validity } = (await results()).get(way) ?? {}
      expect(exitCode).toBe(3)
      expect(errors?.map((group) => [group.class, group.phase, group.count])).toEqual([['local_plugin', phase, 6]])
      expect(validity?.state).toBe('invalid')
      expect(errors?.[0]?.sample).toMatch(/^the plugin p\.mjs: /)
    })
  })

  const connection = (parts: string) => `open: async (_, { events }) => {
    events.opened({ dnsMs: null, connectMs: 1, tlsMs: null })
    return { send(_, exchange) { exchange.sent(1); exchange.done() }, cancel() {}, close() {}, ${parts} } }`

  describe('an attempt fails, and the plugin is named:', () => {
    const ways: Readonly<Record<string, readonly [part: string, message: RegExp]>> = {
      'no connection from open': ['open: async () => undefined', /p\.mjs: `open` gave no connection: `send` has to be/],
      'fail without a text': [
        connection("send(_, exchange) { exchange.fail('closed', 'stream', { a: 1 }) }"),
        /p\.mjs: called exchange\.fail without a message/,
      ],
      'fail in no phase': [
        connection("send(_, exchange) { exchange.fail('closed', 'later', 'x') }"),
        /p\.mjs: called exchange\.fail without a phase \(dns, /,
      ],
      'data that is no bytes': [
        connection("send(_, exchange) { exchange.sent(1); exchange.data('text') }"),
        /p\.mjs: called exchange\.data without bytes/,
      ],
      'sent without a size': [
        connection('send(_, exchange) { exchange.sent() }'),
        /p\.mjs: called exchange\.sent without a number of bytes/,
      ],
    }
    const results = resultsOf(Object.entries(ways).map(([way, [part]]) => [way, part]))

    test.each(Object.entries(ways))('%s', async (way, [, message]) => {
      const { exitCode, total, errors } = (await results()).get(way) ?? {}
      expect([exitCode, total?.counts]).toMatchObject([3, { planned: 6, started: 6, failed: 6 }])
      expect(errors?.[0]).toMatchObject({ class: 'local_plugin', count: 6, sample: expect.stringMatching(message) })
    })
  })

  const thrown: [by: string, part: string, message?: RegExp][] = [
    [
      'a timer of its own',
      "send(_, exchange) { setTimeout(() => { throw new Error('no luck') }, 5) }",
      /its code threw: no luck/,
    ],
    ['something that is no error', "send(_, exchange) { setTimeout(() => { throw 'no luck' }, 5) }", /its code threw: no luck/],
    ['a promise that nobody has', "send(_, exchange) { Promise.reject(new Error('no luck')) }", /its code threw: no luck/],
    [
      'a socket without a listener for errors',
      "send(_, exchange) { new (process.getBuiltinModule('node:events').EventEmitter)().emit('error', new Error('no luck')) }",
    ],
    [
      'a reply that it cannot read',
      'send(_, exchange) { setImmediate(() => exchange.nothing.at(0)) }',
      /its code threw: Cannot read properties/,
    ],
  ]
  test.each(shareOf(thrown))('a run ends with what is thrown by %s, told as the plugin’s', async (_, part, message) => {
    const home = new Home()
    home.write('p.mjs', plugin(connection(part)))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const { code, stderr } = await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect(stderr).not.toMatch(/this is a bug/)
    const { planned, ok, failed, cut, dropped } = home.result().total.counts
    expect(planned).toBe(ok + failed + cut + dropped)
    // What is thrown while `send` runs is the attempt's.
    expect(code).toBe(message === undefined ? 3 : 7)
    if (message) expect(stderr).toMatch(new RegExp(`--plugin .*p\\.mjs: ${message.source}`))
  })

  test.each(
    shareOf([
      ['in open', "events.opened('now')", '', 3, /the plugin p\.mjs: called\s+events\.opened\s+without/],
      [
        'later',
        '',
        "setImmediate(() => events.lost({}, 1)), 'later'",
        7,
        /the plugin p\.mjs: called events\.lost without the class/,
      ],
    ]),
  )('an event of the connection with wrong arguments: %s', async (_, opening, sending, wanted, message) => {
    const home = new Home()
    const part = `open: async (_, { events }) => { ${opening}
      return { send(_, exchange) { exchange.sent(1); ${sending} }, cancel() {}, close() {} } }`
    home.write('p.mjs', plugin(part))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const { code, stderr } = await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect([code, stderr]).toEqual([wanted, expect.stringMatching(message)])
    expect(stderr).not.toContain('this is a bug')
  })

  test.each(shareOf(['run', 'validate', 'plan', 'ping']))('whose schema is asynchronous: %s refuses it', async (command) => {
    const home = new Home()
    home.write('p.mjs', plugin('request: z.any().refine(async () => true)'))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const { code, stderr } = await home.burn([command, 's.json', '--plugin', 'p.mjs'])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/p\.mjs: its schema is asynchronous/)])
  })

  test.each(shareOf(['run', 'validate', 'plan', 'ping']))('whose schema throws: %s refuses it', async (command) => {
    const home = new Home()
    home.write('p.mjs', plugin("request: z.any().transform(() => { throw new Error('boom') })"))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const { code, stderr } = await home.burn([command, 's.json', '--plugin', 'p.mjs'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/p\.mjs: its code threw: boom\n {2}hint: its schema is asked before/),
    ])
  })

  test('that ends the process does not pass', async () => {
    const home = new Home()
    home.write('p.mjs', plugin(connection('send() { process.exit(0) }')))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const { code, stderr } = await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect([code, stderr]).toEqual([
      7,
      expect.stringMatching(/ended before the command was done: does a plugin call process\.exit\?/),
    ])
  })

  test('whose connections never end does not keep the run from ending', async () => {
    const home = new Home()
    const open = `open: async () => ({ send(_, exchange) { exchange.sent(1); exchange.fail('own', 'stream', 'no') },
      cancel() {}, close: () => new Promise(() => {}) })`
    home.write('p.mjs', plugin(open))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect(home.result().total.counts).toMatchObject({ planned: 6, failed: 6 })
  })

  test('says what its failures mean', async () => {
    const home = new Home()
    const parts = `kindsOf: ({ class: name }) => (name === 'own_late' ? ['timeout'] : []),
      ${connection("send(_, exchange) { exchange.sent(1); exchange.fail('own_late', 'stream', 'late') }")}`
    home.write('p.mjs', plugin(parts))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect(home.result().total.values.timeouts).toBe(1)
    home.write('p.mjs', plugin(parts.replace("['timeout']", "['slow']")))
    await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT, '--overwrite'])
    expect(home.result().errors[0]).toMatchObject({
      class: 'local_plugin',
      sample: expect.stringMatching(/p\.mjs: `kindsOf\.0`: /),
    })
    expect(home.result().total.counts).toMatchObject({ planned: 6, failed: 6 })
  })

  test('what is thrown where a run needs an answer is a bad flag', async () => {
    const home = new Home()
    home.write('p.mjs', plugin("sockets: () => 'many', prepare: async () => { throw new Error('no luck') }"))
    home.write('s.json', { ...scenario('own://x', 'hello'), steps: [{ request: { line: 'a' } }] })
    const plan = await home.burn(['plan', 's.json', '--plugin', 'p.mjs'])
    expect([plan.code, plan.stderr]).toEqual([2, expect.stringMatching(/--plugin .*p\.mjs: `sockets`: .*expected number/)])
    home.write('p.mjs', plugin("prepare: async () => { throw new Error('no luck') }"))
    const run = await home.burn(['run', 's.json', '--plugin', 'p.mjs', '--no-preflight', ...OUT])
    expect([run.code, run.stderr]).toEqual([2, expect.stringMatching(/--plugin .*p\.mjs: `prepare` threw: no luck/)])
  })
})

/** A plugin that is right but for one part. */
function plugin(part: string): string {
  return `export default ({ z }) => ({
    protocol: 'own', schemes: ['own:'], options: z.strictObject({}), request: z.strictObject({ line: z.string() }),
    fromMessage: (body) => body, fromStep: (step) => step,
    open: async () => ({ send(_, exchange) { exchange.sent(1); exchange.done() }, cancel() {}, close() {} }),
    ${part} })`
}

/**
 * Runs a scenario over each of several plugins that are right but for one part, all of them in one process. The returned function gives the
 * results by name; the first call starts the run.
 */
function resultsOf(parts: readonly (readonly [name: string, part: string])[]): () => Promise<Map<string, Result>> {
  const run = async () => {
    const home = new Home()
    const table = parts.map(([name, part]) => `${JSON.stringify(name)}: { ${part} }`).join(',\n')
    const usual = 'open: async () => ({ send(_, exchange) { exchange.sent(1); exchange.done() }, cancel() {}, close() {} })'
    home.write(
      'p.mjs',
      `const parts = {${table}}
      const usual = { fromStep: (step) => step, ${usual} }
      const own = ({ name }) => ({ ...usual, ...parts[name] })
      export default ({ z }) => ({
        protocol: 'own', schemes: ['own:'], options: z.strictObject({ name: z.string() }), request: z.strictObject({ line: z.string() }),
        fromMessage: (body) => body,
        fromStep: (step, address, options) => own(options).fromStep(step),
        open: (options, context) => own(options).open(options, context) })`,
    )
    const files = parts.map(([name], n) =>
      home.write(`${n}.json`, {
        ...scenario('own://x', 'hello', { own: { name } }),
        name,
        steps: [{ request: { line: 'a' } }],
      }),
    )
    const { stdout, stderr } = await home.burn([
      'run',
      ...files,
      '--plugin',
      'p.mjs',
      '--no-preflight',
      '--json',
      '--allow-lag',
      '60s',
    ])
    expect(stdout, stderr).not.toBe('')
    const results: Result[] = JSON.parse(stdout)
    return new Map(results.map((result) => [result.scenarioName, result]))
  }
  let results: Promise<Map<string, Result>> | undefined
  return () => {
    results ??= run()
    return results
  }
}
