/** `burn runs rm`. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fine } from '../../report/results.ts'
import { chat, Home, mockFor } from '../harness.ts'
import { lockOf, stranger, write } from './written.ts'

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
