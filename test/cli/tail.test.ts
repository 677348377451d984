/** `burn tail`: the conversations of a run that is over, that goes on, that was killed; and what is said where there are none. */
import { appendFileSync, closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lockState, takeLock } from '../../src/store/files/lock.ts'
import type { JournalEntry } from '../../src/store/journal/entry.ts'
import { chatReply, faultServer } from '../servers/http-faults.ts'
import { entry, HEADER } from '../store/entries.ts'
import { shareOf } from '../support/share.ts'
import { chat, closeAfter, eventually, Home, mockFor, OUT } from './harness.ts'

const header = (level = 'all') => `${JSON.stringify({ journal: '1.0', ...HEADER, level })}\n`
const line = (over: Partial<JournalEntry> = {}) => `${JSON.stringify(entry(over))}\n`
const users = (lines: string) => [...lines.matchAll(/ user (\d+) #/g)].map(([, user]) => Number(user))
const FAILED = {
  outcome: 'failed',
  failure: { class: 'http_status', phase: 'headers', message: 'HTTP 503' },
  status: 503,
  reply: '',
} as const

/** A folder of a run with so many exchanges: user n at n seconds; every tenth failed. */
function journalOf(home: Home, count: number, folder = 'out'): string {
  const lines = Array.from({ length: count }, (_, n) =>
    line({ user: n, endedAtMs: n * 1000, prompt: `question ${n}`, ...(n % 10 === 0 ? FAILED : {}) }),
  )
  home.write(`${folder}/sessions.jsonl`, header() + lines.join(''))
  return folder
}

describe('a journal', () => {
  test('shows the last 20 exchanges: head, what was sent, the reply or the failure', async () => {
    const home = new Home()
    const { code, stdout, stderr } = await home.call(['tail', journalOf(home, 31)])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'support-chat  run run-1  out  (--log all)\n' })
    expect(users(stdout)).toEqual(Array.from({ length: 20 }, (_, n) => n + 11))
    expect(stdout.split('\n').slice(-7)).toEqual([
      ' 0:29.000  user 29 #0  open  ok 200  ttft 12ms  service 29s',
      '  > question 29',
      '  < Hello',
      ' 0:30.000  user 30 #0  open  failed http_status in headers 503  ttft 12ms  service 30s',
      '  > question 30',
      '  ! HTTP 503',
      '',
    ])
  })

  test.each([
    [
      ['-n', '3'],
      [28, 29, 30],
    ],
    [['-n', '0'], []],
    [['-n', 'all'], Array.from({ length: 31 }, (_, n) => n)],
    [['-n', '99'], Array.from({ length: 31 }, (_, n) => n)],
    [['--errors'], [0, 10, 20, 30]],
    [
      ['--errors', '-n', '2'],
      [20, 30],
    ],
    [['--vu', '7'], [7]],
    [['--vu', '3', '--errors'], []],
  ])('%j', async (args, wanted) => {
    const home = new Home()
    const { code, stdout } = await home.call(['tail', journalOf(home, 31), ...args])
    expect(code).toBe(0)
    expect(users(stdout)).toEqual(wanted)
  })

  test('--json: the lines as they are stored, the header is none', async () => {
    const home = new Home()
    const { stdout } = await home.call(['tail', journalOf(home, 31), '--json', '-n', 'all'])
    expect(header() + stdout).toBe(home.read('out/sessions.jsonl'))
    const some = await home.call(['tail', 'out', '--json', '--errors', '-n', '1'])
    expect(some.stdout).toBe(line({ user: 30, endedAtMs: 30_000, prompt: 'question 30', ...FAILED }))
  })

  test('a torn last line is left out, and told of', async () => {
    const home = new Home()
    const whole = line({ user: 2 })
    home.write('out/sessions.jsonl', `${header()}${line({ user: 1 })}${whole}${line({ user: 3 }).slice(0, 200)}`)
    const { code, stdout, stderr } = await home.call(['tail', 'out', '--json'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: line({ user: 1 }) + whole })
    expect(stderr).toMatch(/the last line is torn/)
    home.write('out/sessions.jsonl', header() + whole.trimEnd())
    expect(await home.call(['tail', 'out', '--json'])).toMatchObject({ stdout: whole, stderr: expect.not.stringMatching(/torn/) })
  })

  test.each([[[]], [['--vu', '2']], [['-f']]])('damaged lines are counted once the whole ones were shown: %j', async (args) => {
    const home = new Home()
    const whole = line({ user: 2 })
    home.write('out/sessions.jsonl', `${header()}${whole}{"torn\nnull\n5\n[]\n{"a":1}\n${whole}`)
    const { code, stdout, stderr } = await home.call(['tail', 'out', '--json', ...args])
    expect({ code, stdout }).toEqual({ code: 6, stdout: whole + whole })
    expect(stderr).toMatch(/sessions\.jsonl is damaged: 5 lines of it could not be read, the first is line 3\n/)
  })

  test.each([
    ['empty', '', /is not a journal of burn\n {2}hint: the run was killed before it wrote anything/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 1]), /is not a journal of burn\n/],
    ['such a line', Buffer.from([0xff, 0xfe, 0, 1, 10]), /is damaged: 1 line of it could not be read, the first is line 1\n/],
  ])('one that is none: %s', async (_, bytes, message) => {
    const home = new Home()
    home.folder('out')
    writeFileSync(home.file('out/sessions.jsonl'), bytes)
    const { code, stdout, stderr } = await home.call(['tail', 'out'])
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('nothing logged')
  })

  test('one that is a folder', async () => {
    const home = new Home()
    home.folder('out')
    home.folder('out/sessions.jsonl')
    expect(await home.call(['tail', 'out'])).toMatchObject({ code: 6, stderr: expect.stringContaining('it is a folder') })
  })

  test('what the target said cannot move the cursor, and stays on its line', async () => {
    const home = new Home()
    home.write('out/sessions.jsonl', header() + line({ reply: 'a\u001b[2Jb\r\n\nc\u202e', step: 's\u0007', prompt: '' }))
    const { stdout } = await home.call(['tail', 'out'])
    expect(stdout.split('\n').slice(1)).toEqual(['  > (empty)', '  < a\\u{1b}[2Jb c\\u{202e}', ''])
    expect(stdout).toContain('  s\\u{7}  ok')
    const full = (await home.call(['tail', 'out', '--full'])).stdout.split('\n')
    expect(full.slice(2, 5)).toEqual(['  < a\\u{1b}[2Jb\\u{d}', '    ', '    c\\u{202e}'])
    expect(full[5]).toBe('  · phase main, target default, ttfb 10ms, 10 bytes sent, 20 received, finish stop')
  })

  test('no colours in a pipe; FORCE_COLOR and NO_COLOR are heard', async () => {
    const home = new Home()
    const folder = journalOf(home, 3)
    const plain = (await home.burn(['tail', folder])).stdout
    expect(plain).not.toContain('\u001b')
    expect((await home.burn(['tail', folder], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[32mok 200\u001b[39m')
    for (const args of [[], ['--no-color']])
      expect(
        (await home.burn(['tail', folder, ...args], { env: { FORCE_COLOR: '1', NO_COLOR: args.length ? '' : '1' } })).stdout,
      ).toBe(plain)
  })

  test('a reader that leaves after one line: quiet, exit 0', async () => {
    const home = new Home()
    journalOf(home, 3000)
    const { code, stdout, stderr } = await home.shell(`$BURN tail out -n all --json | head -1; exit \${PIPESTATUS[0]}`)
    expect(code).toBe(0)
    expect(stdout).toBe(line({ user: 0, endedAtMs: 0, prompt: 'question 0', ...FAILED }))
    expect(stderr).toBe('support-chat  run run-1  out  (--log all)\n')
    // Of a run that goes on: whoever follows it must not go on for nobody.
    const release = takeLock(home.file('out'), 'run-1')
    expect((await home.shell('$BURN tail -f out -n all --json | head -1; exit ${PIPESTATUS[0]}')).code).toBe(0)
    release()
  })

  test('a long one: its end is there at once, and all of it passes in little memory', async () => {
    const home = new Home()
    mkdirSync(home.file('out'))
    const path = home.file('out/sessions.jsonl')
    const file = openSync(path, 'a')
    writeSync(file, header() + line({ user: 424_242 }))
    const chunk = line({ reply: 'x'.repeat(20_000) }).repeat(50)
    for (let n = 0; n < 75; n++) writeSync(file, chunk)
    closeSync(file)
    expect(statSync(path).size).toBeGreaterThan(75_000_000)
    const tight = { node: ['--max-old-space-size=48'] }
    const end = await home.burn(['tail', 'out', '-n', '2', '--json'], tight)
    expect(end).toMatchObject({ code: 0, stdout: line({ reply: 'x'.repeat(20_000) }).repeat(2) })
    const [first] = users((await home.burn(['tail', 'out', '--vu', '424242', '-n', '1'], tight)).stdout)
    expect(first).toBe(424_242)
    const { code, stdout } = await home.shell(`$BURN tail out -n all --json | { sleep 1; wc -l; }; exit \${PIPESTATUS[0]}`, {
      NODE_OPTIONS: '--max-old-space-size=48',
    })
    expect({ code, lines: stdout.trim() }).toEqual({ code: 0, lines: '3751' })
  })
})

describe('which run', () => {
  function three(home: Home): void {
    const run = (runId: string) => header().replace('run-1', runId) + line({ runId })
    home.write('burn-results/a-chat-20260101-120000/sessions.jsonl', run('aaaa1111'))
    home.write('burn-results/b-chat-20260301-120000/sessions.jsonl', run('bbbb2222'))
    home.write('burn-results/a-chat-20260201-120000/sessions.jsonl', run('aaaa3333'))
    // Saved baselines, which are newer than all runs here.
    home.write('burn-results/baselines/main.json', {})
  }

  test.each([
    ['none: the newest', [], 'bbbb2222'],
    ['a folder', ['burn-results/a-chat-20260101-120000'], 'aaaa1111'],
    ['its journal', ['burn-results/a-chat-20260101-120000/sessions.jsonl'], 'aaaa1111'],
    ['the name of a folder', ['a-chat-20260101-120000'], 'aaaa1111'],
    ['a scenario: its newest', ['a-chat'], 'aaaa3333'],
    ['an id', ['aaaa1111'], 'aaaa1111'],
    ['the beginning of one', ['bbbb2'], 'bbbb2222'],
  ])('%s', async (_, args, runId) => {
    const home = new Home()
    three(home)
    const { code, stderr } = await home.call(['tail', ...args])
    expect(code).toBe(0)
    expect(stderr).toContain(`run ${runId} `)
  })

  test.each([
    ['nothing at all', [], 6, /there is no run in burn-results/],
    ['no such run', ['nowhere'], 6, /there is no run nowhere, neither as a folder nor in burn-results/],
    ['a file of something else', ['s.json'], 6, /s\.json is not the folder of a run/],
    ['a folder of something else', ['empty'], 6, /empty holds no sessions\.jsonl/],
    ['a number that is none', ['empty', '-n', 'few'], 2, /-n few: expected a whole number, or all/],
    ['a user that is none', ['empty', '--vu=-1'], 2, /--vu -1: expected the number of a user/],
  ])('%s', async (_, args, code, words) => {
    const home = new Home()
    home.write('s.json', {})
    home.folder('empty')
    const seen = await home.call(['tail', ...args])
    expect(seen).toMatchObject({ code, stdout: '' })
    expect(seen.stderr).toMatch(words)
  })

  test('an ambiguous beginning of an id', async () => {
    const home = new Home()
    three(home)
    const { code, stderr } = await home.call(['tail', 'aaaa'])
    expect(code).toBe(6)
    expect(stderr).toMatch(/aaaa is the beginning of several ids\n {2}hint: a-chat-20260201-120000, a-chat-20260101-120000/)
  })

  test('a run with --log none keeps nothing: says so, and what to do', async () => {
    const home = new Home()
    const mock = await mockFor()
    await home.call(['run', home.write('s.json', chat(mock.url)), ...OUT, '--log', 'none'])
    for (const args of [
      ['tail', 'out'],
      ['tail', '-f', 'out'],
    ]) {
      const { code, stdout, stderr } = await home.call(args)
      expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
      expect(stderr).toMatch(/was started with --log none\n {2}hint: run it with --log all/)
    }
  })

  test('a run that failed nowhere, with the default of --log', async () => {
    const home = new Home()
    const mock = await mockFor()
    await home.call(['run', home.write('s.json', chat(mock.url)), ...OUT])
    const { code, stdout, stderr } = await home.call(['tail', 'out'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(
      /--log errors: failed exchanges only; burn run --log all keeps all\)\nnothing logged: all went well \(`burn run --log all` keeps everything\)\n$/,
    )
  })
})

describe('-f', () => {
  test('a run from its beginning to its end: every line once, then its verdict', async () => {
    const home = new Home()
    // The 21st reply and all after it wait until the lines are shown: the run cannot be over before, however late the other process starts.
    const held: (() => void)[] = []
    let isShown = false
    let asked = 0
    const server = await faultServer({
      '/v1/chat/completions': (socket) => {
        asked += 1
        const status = asked % 3 === 0 ? '503 Busy' : '200 OK'
        const answer = () => void socket.write(chatReply('hi', status))
        if (isShown || asked <= 20) answer()
        else held.push(answer)
      },
    })
    closeAfter({ close: () => server.stop() })
    // No arrivals, of which a busy machine lets some drop.
    const load = [{ iterations: 100, users: 2 }]
    const scenario = home.write('s.json', chat(server.url, { load }, { stream: false }))
    const run = home.start(['run', scenario, ...OUT, '--log', 'all'])
    await eventually(() => home.files().includes('out/lock'), 'the lock')
    const tail = home.start(['tail', '-f', 'out', '-n', 'all', '--json'])
    await tail.until(({ stdout }) => stdout.split('\n').length > 10)
    expect(home.files()).toContain('out/lock')
    isShown = true
    for (const answer of held) answer()
    expect((await run.finished).code).toBe(1)
    const { code, stdout, stderr } = await tail.finished
    expect(code).toBe(0)
    expect(stdout).toBe(home.read('out/sessions.jsonl').replace(/^.*\n/, ''))
    expect(stdout.trimEnd().split('\n')).toHaveLength(100)
    expect(stderr).toMatch(/\(--log all\)\nFAILED {2}cli test {2}.*\n {2}burn report out\n$/)
  })

  test('a journal that is not there yet, and a line that comes in pieces', async () => {
    const home = new Home()
    const release = takeLock(home.file(home.folder('out')), 'run-1')
    const tail = home.start(['tail', '-f', 'out'])
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(tail.process.exitCode).toBe(null)
    const path = home.file('out/sessions.jsonl')
    const torn = line({ user: 2, prompt: 'ü' })
    const pieces = Buffer.from(torn)
    const middle = pieces.indexOf('ü') + 1
    appendFileSync(path, header() + line({ user: 1 }))
    appendFileSync(path, pieces.subarray(0, middle))
    await tail.until(({ stdout }) => users(stdout).length === 1)
    appendFileSync(path, pieces.subarray(middle))
    await tail.until(({ stdout }) => users(stdout).length === 2)
    appendFileSync(path, line({ user: 3 }))
    release()
    const { code, stdout, stderr } = await tail.finished
    expect(code).toBe(0)
    expect(users(stdout)).toEqual([1, 2, 3])
    expect(stdout).toContain('\n  > ü\n')
    expect(stderr).toMatch(/INCOMPLETE {2}support-chat/)
  })

  test('a run that was killed: says so, and ends', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { load: [{ users: 1, for: '60s' }] }))
    const run = home.start(['run', scenario, ...OUT, '--log', 'all'])
    await eventually(() => home.files().includes('out/result.json'), 'a checkpoint')
    const tail = home.start(['tail', '-f', 'out'])
    await tail.until(({ stdout }) => stdout.includes('ok 200'))
    run.kill('SIGKILL')
    await run.finished
    const { code, stderr } = await tail.finished
    expect(lockState(home.file('out'))).toMatchObject({ live: false, pid: run.process.pid })
    expect(code).toBe(0)
    expect(stderr).toContain(`INCOMPLETE  cli test  the process ${run.process.pid} exited without a result`)
  })

  test.each(
    shareOf([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ]),
  )('%s ends it, and not the run', async (signal, code) => {
    const home = new Home()
    const release = takeLock(home.file(home.folder('out')), 'run-1')
    home.write('out/sessions.jsonl', header() + line({ user: 1 }))
    const tail = home.start(['tail', '-f', 'out'])
    await tail.until(({ stdout }) => users(stdout).length === 1)
    tail.kill(signal)
    expect(await tail.finished).toMatchObject({ code, stderr: 'support-chat  run run-1  out  (--log all)\n' })
    release()
  })

  test('begins with the last of what is there, by the filters', async () => {
    const home = new Home()
    const release = takeLock(home.file(home.folder('out')), 'run-1')
    journalOf(home, 31)
    const tail = home.start(['tail', '-f', 'out', '--errors', '-n', '1'])
    await tail.until(({ stdout }) => users(stdout).length === 1)
    appendFileSync(home.file('out/sessions.jsonl'), line({ user: 40 }) + line({ user: 41, ...FAILED }))
    await tail.until(({ stdout }) => users(stdout).length === 2)
    release()
    expect(users((await tail.finished).stdout)).toEqual([30, 41])
  })

  test('where the system has no watches left, the clock is enough', async () => {
    const home = new Home()
    const text = `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      fs.watch = () => { throw Object.assign(new Error('ENOSPC: provoked'), { code: 'ENOSPC' }) }
      syncBuiltinESMExports()`
    const release = takeLock(home.file(home.folder('out')), 'run-1')
    home.write('out/sessions.jsonl', header())
    const tail = home.start(['tail', '-f', 'out'], { node: ['--import', `./${home.write('preload.mjs', text)}`] })
    await tail.until(({ stderr }) => stderr.includes('run-1'))
    appendFileSync(home.file('out/sessions.jsonl'), line({ user: 5 }))
    await tail.until(({ stdout }) => users(stdout).length === 1)
    release()
    expect((await tail.finished).code).toBe(0)
  })
})

test('without -f, a run that has written nothing yet', async () => {
  const home = new Home()
  const release = takeLock(home.file(home.folder('out')), 'run-1')
  expect(await home.call(['tail', 'out'])).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/has written nothing yet\n {2}hint: -f waits/),
  })
  release()
})

test('-f waits for a run that is not there yet, and shows it from its first exchange', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ iterations: 2, users: 1 }] }))
  const tail = home.start(['tail', '-f', '-n', 'all', '--json'])
  await tail.until(({ stderr }) => stderr.includes('there is no run in burn-results yet: waiting for it'))
  expect((await home.call(['run', 's.json', '--log', 'all', '-q', '--allow-lag', '60s'])).code).toBe(0)
  const { code, stdout, stderr } = await tail.finished
  expect([code, stdout.trim().split('\n').length]).toEqual([0, 2])
  expect(stderr).toContain('PASSED')
})
