/** `burn run --detach`: the command returns once the run has really begun, and the run ends as any other. */
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { faultServer, reply } from '../servers/http-faults.ts'
import { shareOf } from '../support/share.ts'
import { chat, closeAfter, eventually, Home, mockFor, OUT } from './harness.ts'
import { breaking } from './preloads.ts'

interface Started {
  readonly runId: string
  readonly pid: number
  readonly folder: string
  readonly log: string
  readonly scenarioName: string
}

const started = new Set<number>()
const DETACH = [...OUT, '--detach', '--json']

/** Processes in the background are nobody's children: those that a test leaves behind end here. */
afterEach(() => {
  for (const pid of started) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  started.clear()
})

/** False for a process that has ended, also while nobody has asked yet how: on some machines that takes seconds. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const file = `/proc/${pid}/stat`
    return !(existsSync(file) && /\) Z /.test(readFileSync(file, 'utf8')))
  } catch {
    return false
  }
}

function startedIn(stdout: string): Started {
  const run: Started = JSON.parse(stdout)
  started.add(run.pid)
  return run
}

const ended = (pid: number) => eventually(() => !isAlive(pid), 'the end of the run in the background')

describe('a run that begins', () => {
  test('id and folder on stdout, hints on stderr; kill ends it as any run', async () => {
    const home = new Home()
    const mock = await mockFor({ firstTokenMs: 20 })
    const scenario = home.write('s.json', chat(mock.url, { load: [{ users: 2, for: '60s' }] }))
    const { code, stdout, stderr } = await home.burn(['run', scenario, '--allow-lag', '60s', '--log', 'all', '--detach'])
    const [, runId, folder = ''] = /^([0-9a-f]{12}) (burn-results\/cli-test-\d{8}-\d{6})\n$/.exec(stdout) ?? []
    const lock = JSON.parse(home.read(`${folder}/lock`))
    started.add(lock.pid)
    expect(code).toBe(0)
    expect(lock.runId).toBe(runId)
    expect(stderr).toBe(
      `runs in the background as process ${lock.pid}, and writes ${folder}/detached.log\n` +
        `  burn tail -f ${folder}  follows it; burn runs cancel ${folder}  ends it, its files written\n`,
    )
    await eventually(() => mock.stats().requests > 4, 'traffic')
    process.kill(lock.pid, 'SIGTERM')
    await ended(lock.pid)
    const result = home.result(folder)
    expect(result).toMatchObject({ runId, status: 'aborted', verdict: 'aborted', exitCode: 143 })
    expect(result.total.counts.started).toBe(mock.stats().requests)
    expect(result.files.map(({ path }) => path)).toEqual(['result.json', 'sessions.jsonl', 'detached.log'])
    expect(home.files()).toEqual(
      ['detached.log', 'result.json', 'sessions.jsonl'].map((name) => `${folder}/${name}`).concat('s.json'),
    )
    expect(home.read(`${folder}/detached.log`)).toMatch(
      /^load: .*\nstopping: what is in flight may finish[\s\S]*\nABORTED {2}cli test/,
    )
  })

  test('--json: one object; the log is text alone, the result where -o says', async () => {
    const home = new Home()
    const mock = await mockFor()
    const run = startedIn((await home.burn(['run', home.write('s.json', chat(mock.url)), ...DETACH, '-o', 'copy.json'])).stdout)
    await ended(run.pid)
    expect(run).toEqual({ ...run, folder: 'out', log: 'out/detached.log', scenarioName: 'cli test' })
    expect(home.result()).toMatchObject({ runId: run.runId, status: 'completed', verdict: 'passed', successfulMessages: 5 })
    expect(JSON.parse(home.read('copy.json'))).toEqual(home.result())
    expect(home.read('out/detached.log')).toMatch(/^load: .*\nPASSED {2}cli test/)
  })

  test('a secret of the environment gets there, and shows in no argument and no file', async () => {
    const home = new Home()
    const server = await faultServer({
      '/v1/chat/completions': (socket) => void setTimeout(() => socket.write(reply('{}')), 200),
    })
    closeAfter({ close: () => server.stop() })
    const secret = 's3cret-0123456789abcdef'
    const target = { auth: { type: 'bearer', token: '${env.CHAT_TOKEN}' } }
    const scenario = home.write('s.json', chat(server.url, { load: [{ users: 1, for: '30s' }] }, target))
    const { stdout } = await home.burn(['run', scenario, ...DETACH, '--log', 'all'], { env: { CHAT_TOKEN: secret } })
    const { pid } = startedIn(stdout)
    await eventually(() => server.seen.length > 0, 'a request')
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${secret}`)
    const file = `/proc/${pid}/cmdline`
    if (existsSync(file))
      expect(readFileSync(file, 'utf8').split('\0')).toEqual(expect.arrayContaining(['run', 's.json', '--detach']))
    if (existsSync(file)) expect(readFileSync(file, 'utf8')).not.toContain(secret)
    process.kill(pid, 'SIGINT')
    await ended(pid)
    for (const name of home.files()) expect(home.read(name), name).not.toContain(secret)
  })

  test('over the files of one before', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url))
    await ended(startedIn((await home.burn(['run', scenario, ...DETACH])).stdout).pid)
    const run = startedIn((await home.burn(['run', scenario, ...DETACH, '--overwrite'])).stdout)
    await ended(run.pid)
    expect(home.result().runId).toBe(run.runId)
    expect(home.read('out/detached.log').match(/PASSED/g)).toHaveLength(1)
    expect((await home.call(['run', scenario, ...OUT, '--overwrite'])).code).toBe(0)
    expect(home.files()).not.toContain('out/detached.log')
  })
})

describe('a run that cannot begin fails as without --detach', () => {
  const same = async (home: Home, args: readonly string[]) => {
    const withoutPids = (text: string) => text.replace(/\.\d+\.probe/, '.probe')
    const plain = await home.call(args)
    const { code, stdout, stderr } = await home.burn([...args, '--detach'])
    expect({ code, stdout, said: withoutPids(stderr) }).toEqual({ code: plain.code, stdout: '', said: withoutPids(plain.stderr) })
    return { code, stderr }
  }

  test.each(
    shareOf([
      ['an invalid scenario', { tresholds: [] }, [], 2, /E_UNKNOWN_KEY/],
      ['a report of no known format', {}, ['--report', 'pdf'], 2, /--report pdf/],
      ['a wrong log level', {}, ['--log', 'some'], 2, /unknown log level/],
      ['an output that cannot be written', {}, ['-o', 'no/such/folder.json'], 7, /folder\.json/],
    ]),
  )('%s: nothing is left', async (_, own, args, code, words) => {
    const home = new Home()
    const scenario = home.write('s.json', chat('http://127.0.0.1:1', own))
    const seen = await same(home, ['run', scenario, ...args])
    expect(seen.code).toBe(code)
    expect(seen.stderr).toMatch(words)
    expect(home.files()).toEqual(['s.json'])
    expect(existsSync(home.file('burn-results'))).toBe(false)
  })

  test('a folder with a result in it, which stays', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url))
    await home.call(['run', scenario, ...OUT])
    const before = home.files()
    expect(await same(home, ['run', scenario, ...OUT])).toMatchObject({ code: 7 })
    expect(home.files()).toEqual(before)
  })

  test('a target that cannot be reached: report, result and exit 3', async () => {
    const home = new Home()
    const { code, stdout, stderr } = await home.burn(['run', home.write('s.json', chat('http://127.0.0.1:1')), ...DETACH])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^load: .*\nCOULD NOT TEST {2}cli test[\s\S]*nothing listens/)
    expect(home.result()).toMatchObject({ verdict: 'could_not_test', exitCode: 3, status: 'completed' })
    expect(home.files()).toEqual(['out/detached.log', 'out/result.json', 'out/sessions.jsonl', 's.json'])
  })

  test('what fails in the background alone: its words, its exit code, no folder', async () => {
    const home = new Home()
    const mock = await mockFor()
    // Only the run itself opens a journal.
    const text = `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      const { openSync } = fs
      fs.openSync = (path, ...rest) => {
        if (String(path).endsWith('sessions.jsonl')) throw Object.assign(new Error('EROFS: provoked'), { code: 'EROFS' })
        return openSync(path, ...rest)
      }
      syncBuiltinESMExports()`
    const args = ['run', home.write('s.json', chat(mock.url)), ...DETACH]
    const { code, stdout, stderr } = await home.burn(args, { node: ['--import', `./${home.write('preload.mjs', text)}`] })
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toMatch(/^load: .*\nburn: cannot write the journal out\/sessions\.jsonl: EROFS: provoked\n {2}hint: /)
    expect(existsSync(home.file('out'))).toBe(false)
  })
})

describe('refused with what to do instead', () => {
  test('several scenarios, several targets', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url))
    const { target, ...rest } = chat(mock.url)
    home.write('two.json', { ...rest, targets: { a: target, b: target } })
    for (const args of [[scenario, scenario], ['two.json']]) {
      const { code, stdout, stderr } = await home.call(['run', ...args, '--detach'])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/--detach starts one run, but there are 2\n {2}hint: .*--target/)
    }
    expect(mock.stats().requests).toBe(0)
    await ended(startedIn((await home.burn(['run', 'two.json', '--target', 'b', ...DETACH])).stdout).pid)
    expect(home.result().scenarioName).toBe('cli test-b')
  })

  test('standard input and pipes, which are empty once they were read', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url))
    const stdin = await home.burn(['run', '-', '--detach'], { stdin: home.read('s.json') })
    expect(stdin).toMatchObject({ code: 2, stdout: '' })
    expect(stdin.stderr).toMatch(/cannot read standard input again/)
    const pipe = await home.shell('$BURN run <(cat s.json) --detach')
    expect(pipe.code).toBe(2)
    expect(pipe.stderr).toMatch(/cannot read \/dev\/fd\/\d+ again/)
    expect(home.files()).toEqual(['s.json'])
  })
})

const SIGNALS = ['SIGHUP' as const, ...shareOf(['SIGINT', 'SIGTERM'])]
test.each(SIGNALS)('%s while the target is tried ends the run as well', async (signal) => {
  const home = new Home()
  const scenario = home.write('s.json', chat('http://127.0.0.1:81', {}, { timeouts: { connect: '20s' } }))
  const run = home.start(['run', scenario, ...DETACH], { node: breaking(home, 'connecting hangs') })
  await eventually(() => home.files().includes('out/detached.log') && home.files().includes('out/lock'), 'the lock of the run')
  const { pid } = JSON.parse(home.read('out/lock'))
  started.add(pid)
  run.kill(signal)
  expect(await run.finished).toMatchObject({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' })
  expect(isAlive(pid)).toBe(false)
  expect(home.result()).toMatchObject({ status: 'aborted', totalMessages: 0 })
})
