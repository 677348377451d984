/** `burn runs show`, `cancel` and `rm`: one run, from any terminal. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { processStart } from '../../../src/store/files/lock.ts'
import { fine } from '../../report/results.ts'
import { chat, closeAfter, eventually, Home, mockFor, OUT } from '../harness.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Writes the result of a run that ended so many days ago; returns its folder. */
function write(home: Home, name: string, daysAgo: number): string {
  const folder = `burn-results/${name}`
  home.write(`${folder}/result.json`, { ...fine, scenarioName: name, startTime: Date.now() - daysAgo * DAY_MS })
  return folder
}

/** A process of somebody else, alive until the test is over. */
function stranger(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  closeAfter({
    close() {
      child.kill('SIGKILL')
      return ended
    },
  })
  return child.pid ?? 0
}

const lockOf = (pid: number, start = processStart(pid)) => ({ runId: 'abcdef', pid, host: hostname(), processStart: start })

describe('cancel', () => {
  test('a run ends as with Ctrl-C, its files written when cancel returns', async () => {
    const home = new Home()
    const mock = await mockFor()
    const run = home.start(['run', home.write('s.json', chat(mock.url, { load: [{ users: 2, for: '10m' }] })), ...OUT])
    await eventually(() => home.files().includes('out/result.json') && mock.stats().requests > 3, 'a run under way')
    const shown = JSON.parse((await home.call(['runs', 'show', 'out', '--json'])).stdout)
    expect(shown).toMatchObject({ status: 'running', folder: 'out', live: { pid: run.process.pid, host: hostname() } })
    expect((await home.call(['runs', 'show', 'out'])).stdout).toMatch(/^RUNNING {2}cli test · process \d+ on /)
    expect(JSON.parse((await home.call(['runs', '.', '--json'])).stdout)).toMatchObject([
      { folder: 'out', live: { pid: run.process.pid } },
    ])
    const chosen = async (verdict: string) => JSON.parse((await home.call(['runs', '.', '--verdict', verdict, '--json'])).stdout)
    expect([await chosen('running'), await chosen('incomplete')]).toMatchObject([[{ folder: 'out' }], []])
    expect((await home.call(['runs', '.'])).stdout).toMatch(/cli test +running /)
    const { code, stdout, stderr } = await home.call(['runs', 'cancel', 'out', '--json'])
    expect(code, stderr).toBe(0)
    const { runId } = home.result()
    expect(JSON.parse(stdout)).toEqual({
      ...{ runId, folder: 'out', pid: run.process.pid },
      ...{ status: 'aborted', verdict: 'aborted', exitCode: 130 },
    })
    expect((await run.finished).code).toBe(130)
    expect((await home.call(['runs', '.'])).stdout).toMatch(/cli test +aborted /)
    expect(home.result().total.counts.started).toBe(mock.stats().requests)
    expect(await home.call(['runs', 'cancel', 'out'])).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^burn: out is not running: it has ended \(aborted\)\n/),
    })
  })

  test('a stranger with the number of a process that is gone gets no signal', async () => {
    const home = new Home()
    const pid = stranger()
    const folder = write(home, 'a', 1)
    for (const holder of [lockOf(pid, '1'), { ...lockOf(pid), host: `not-${hostname()}` }]) {
      home.write(`${folder}/lock`, holder)
      expect([6, 7]).toContain((await home.call(['runs', 'cancel', 'a'])).code)
    }
    expect(existsSync(`/proc/${pid}`) || process.platform !== 'linux').toBe(true)
    expect(() => process.kill(pid, 0)).not.toThrow()
  })

  test('a process that ends without a result is told', async () => {
    const home = new Home()
    const pid = stranger()
    mkdirSync(home.file('burn-results/a'), { recursive: true })
    home.write('burn-results/a/lock', lockOf(pid))
    const { code, stderr } = await home.call(['runs', 'cancel', 'burn-results/a'])
    expect(code).toBe(7)
    expect(stderr).toContain(`process ${pid} has ended, and left no result in burn-results/a`)
  })
})

describe('rm', () => {
  test('named runs, with --yes where nobody can be asked', async () => {
    const home = new Home()
    for (const name of ['a', 'b', 'c']) write(home, name, 1)
    const refused = await home.burn(['runs', 'rm', 'a', 'b'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/^burn: 2 runs with .* would be removed, and there is no terminal to ask on\n.*--yes/)
    const { code, stdout } = await home.call(['runs', 'rm', 'a', 'burn-results/b', '-y', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(
      ['a', 'b'].map((name) => expect.objectContaining({ folder: `burn-results/${name}`, removed: true, runId: fine.runId })),
    )
    expect(home.files()).toEqual(['burn-results/c/result.json'])
  })

  test('--older-than removes what is that old, a comparison with its last run, and nothing else', async () => {
    const home = new Home()
    write(home, 'new', 29)
    write(home, 'old', 31)
    write(home, 'both/a-x', 40)
    write(home, 'both/b-y', 40)
    home.write('burn-results/both/comparison.json', '{}')
    write(home, 'half/a-x', 40)
    write(home, 'half/b-y', 1)
    home.write('burn-results/baselines/main.json', '{}')
    home.write('burn-results/notes/of-mine.txt', 'x')
    const before = home.files()
    const dry = await home.call(['runs', 'rm', '--older-than', '30d', '--dry-run', '--json'])
    const names = ['both/a-x', 'both/b-y', 'half/a-x', 'old'].map((name) => `burn-results/${name}`)
    expect(dry.stderr).toBe('')
    expect(
      JSON.parse(dry.stdout)
        .map(({ folder }: { folder: string }) => folder)
        .sort(),
    ).toEqual(names)
    expect(home.files()).toEqual(before)
    expect((await home.call(['runs', 'rm', '--older-than', '30d', '-y'])).stderr).toBe('removed 4 runs\n')
    expect(home.files()).toEqual([
      'burn-results/baselines/main.json',
      'burn-results/half/b-y/result.json',
      'burn-results/new/result.json',
      'burn-results/notes/of-mine.txt',
    ])
    expect(existsSync(home.file('burn-results/both'))).toBe(false)
  })

  test('never a live run, no folder that is no run, none elsewhere, and nothing through a link', async () => {
    const home = new Home()
    write(home, 'live', 90)
    home.write('burn-results/live/lock', lockOf(stranger()))
    home.write('burn-results/mine/photo.jpg', 'x')
    home.write('outside/result.json', { ...fine, startTime: 0 })
    write(home, 'real', 1)
    symlinkSync(home.file('outside'), home.file('burn-results/link'))
    symlinkSync('real', home.file('burn-results/latest'))
    mkdirSync(home.file('burn-results/group'))
    symlinkSync(home.file('outside'), home.file('burn-results/group/link'))
    const before = home.files()
    const refused = async (name: string) => (await home.call(['runs', 'rm', name, '-y'])).stderr
    expect(await refused('live')).toMatch(/is in use: process \d+ .*\n.*burn runs cancel burn-results\/live/)
    expect(await refused('burn-results/mine')).toContain('is not the folder of a run')
    expect(await refused('outside')).toContain('outside does not lie in burn-results')
    expect(await refused('burn-results/real/../../outside')).toContain('does not lie in burn-results')
    expect(await refused('.')).toContain('does not lie in burn-results')
    expect(await refused('burn-results')).toContain('does not lie in burn-results')
    for (const link of ['link', 'latest', 'group/link'])
      expect(await refused(`burn-results/${link}`)).toContain('is a link, and links are not followed')
    expect((await home.call(['runs', 'rm', '--older-than', '1m', '-y'])).code).toBe(0)
    expect(home.files()).toEqual(before.filter((name) => !/\/(?:real|latest)\//.test(name)))
  })

  test('a link in a run is removed, and not what it leads to', async () => {
    const home = new Home()
    const folder = write(home, 'a', 1)
    home.write('kept/file.txt', 'x')
    symlinkSync(home.file('kept/file.txt'), home.file(`${folder}/report.md`))
    expect((await home.call(['runs', 'rm', 'a', '-y'])).code).toBe(0)
    expect(home.files()).toEqual(['kept/file.txt'])
  })

  test('a folder with files that burn did not write stays as it is', async () => {
    const home = new Home()
    for (const name of ['a', 'b']) write(home, name, 40)
    for (const name of ['main.c', 'b.c', 'c.c', 'd.c']) home.write(`burn-results/a/${name}`, 'x')
    home.write('burn-results/b/src/main.c', 'x')
    const before = home.files()
    expect(await home.call(['runs', 'rm', 'a', '-y'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('burn-results/a holds what burn did not write: b.c, c.c, d.c and 1 more\n'),
    })
    const aged = await home.call(['runs', 'rm', '--older-than', '1d', '-y'])
    expect(aged).toMatchObject({ code: 0, stderr: expect.stringContaining('burn-results/b holds what burn did not write: src/') })
    expect(home.files()).toEqual(before)
  })

  test('every file that a run and its reports leave is removed', async () => {
    const home = new Home()
    const mock = await mockFor()
    const reports = ['junit', 'md', 'html', 'hlog', 'json', ...['run', 'step', 'second'].map((level) => `csv:${level}`)]
    const file = home.write('s.json', chat(mock.url))
    const tables = ['jsonl:iteration', 'jsonl:attempt', 'parquet']
    const ran = await home.call([
      'run',
      file,
      '--out',
      'burn-results/x',
      '--allow-lag',
      '60s',
      '--log',
      'all',
      '--report',
      reports.join(),
    ])
    expect(ran.code, ran.stderr).toBe(0)
    for (const table of tables) {
      const [format = '', level] = table.split(':')
      const flags = ['-o', `burn-results/x/${level === 'iteration' ? 'iterations' : 'attempts'}.${format}`]
      const made = await home.call([
        'report',
        'burn-results/x',
        '--format',
        format,
        ...(level ? ['--level', level] : []),
        ...flags,
      ])
      expect(made.code, made.stderr).toBe(0)
    }
    expect(home.files().length).toBeGreaterThan(10)
    const { code, stderr } = await home.call(['runs', 'rm', 'x', '-y'])
    expect(code, stderr).toBe(0)
    expect(home.files()).toEqual(['s.json'])
  })

  test('what to remove has to be said', async () => {
    const home = new Home()
    write(home, 'a', 1)
    for (const flags of [[], ['a', '--older-than', '1d'], ['--older-than', 'yesterday']])
      expect((await home.call(['runs', 'rm', '-y', ...flags])).code).toBe(2)
    const both = (await home.call(['runs', 'rm', '-y', 'a', '--older-than', '1d'])).stderr
    expect(both).toBe('burn: runs are named, and their age is said with --older-than\n  hint: leave out one of the two\n')
    for (const elsewhere of ['/', '..', '.']) expect((await home.call(['runs', 'rm', '-y', elsewhere])).code).toBe(2)
    expect((await home.call(['runs', 'rm', '--older-than', '30d', '-y', '--json'])).stdout).toBe('[]\n')
  })
})

test('list is burn runs; flags may stand before it', async () => {
  const home = new Home()
  write(home, 'a', 1)
  write(home, 'b', 2)
  const listed = (await home.call(['runs', '--json', '--limit', '1'])).stdout
  expect((await home.call(['runs', 'list', '--json', '--limit', '1'])).stdout).toBe(listed)
  expect((await home.call(['runs', '--json', 'list', '--limit', '1'])).stdout).toBe(listed)
  const { code, stderr } = await home.call(['runs', 'rm', 'a', '--limit', '1', '-y'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('burn runs rm has no --limit') })
})

test('show prints the head of a run', async () => {
  const home = new Home()
  const mock = await mockFor()
  expect((await home.call(['run', home.write('s.json', chat(mock.url)), ...OUT])).code).toBe(0)
  const { runId, seed } = home.result()
  const { stdout } = await home.call(['runs', 'show', 'out'])
  expect(stdout).toMatch(/^PASSED {2}cli test {2}/)
  expect(stdout.replace(/\n {2}/g, ' ')).toContain(`run ${runId} · s.json · seed ${seed}`)
  const head = JSON.parse((await home.call(['runs', 'show', 'out', '--json'])).stdout)
  expect(head).toMatchObject({ runId, verdict: 'passed', exitCode: 0, folder: 'out', live: null })
  home.write('out/result.json', home.read('out/result.json').slice(0, 50))
  expect((await home.call(['runs', 'show', 'out'])).code).toBe(6)
})
