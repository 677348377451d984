import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fine, HOSTILE } from '../../report/results.ts'
import { Home } from '../harness.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Writes the result of a run that began so many days ago. */
function write(home: Home, folder: string, daysAgo: number, changed: object = {}): void {
  mkdirSync(home.file(`burn-results/${folder}`), { recursive: true })
  home.write(`burn-results/${folder}/result.json`, { ...fine, startTime: Date.now() - daysAgo * DAY_MS, ...changed })
}

const foldersIn = (json: string): string[] => JSON.parse(json).map(({ folder }: { folder: string }) => folder)

test('runs are listed, the newest first, also those of comparisons', async () => {
  const home = new Home()
  write(home, 'old', 3)
  write(home, 'compared/a-x', 2)
  write(home, 'new', 1, { verdict: 'failed', exitCode: 1, exitCodes: [1] })
  mkdirSync(home.file('burn-results/empty'))
  const { stdout, code } = await home.call(['runs'])
  expect(code).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  expect(lines.slice(1).map((line) => line.split(/\s+/).at(-1))).toEqual([
    'burn-results/new',
    'burn-results/compared/a-x',
    'burn-results/old',
  ])
  expect(lines[1]).toContain('failed')
})

test('flags choose among them', async () => {
  const home = new Home()
  write(home, 'a', 10, { scenarioName: 'chat' })
  write(home, 'b', 2, { scenarioName: 'chat', verdict: 'failed' })
  write(home, 'c', 1, { scenarioName: 'search', target: [{ ...fine.target[0], name: 'prod', url: 'https://h.example/x' }] })
  const chosen = async (...flags: string[]) =>
    foldersIn((await home.call(['runs', '--json', ...flags])).stdout).map((name) => name.slice(-1))
  expect(await chosen('--scenario', 'chat')).toEqual(['b', 'a'])
  expect(await chosen('--since', '5d')).toEqual(['c', 'b'])
  // No timer waits so long, and a run may well be as old.
  expect(await chosen('--since', '30d')).toEqual(['c', 'b', 'a'])
  expect(await chosen('--verdict', 'failed')).toEqual(['b'])
  expect(await chosen('--target', 'h.example')).toEqual(['c'])
  expect(await chosen('--limit', '1')).toEqual(['c'])
  for (const flags of [['--since', 'never'], ['--limit', '0'], ['elsewhere'], ['--verdict', 'faild']])
    expect((await home.call(['runs', ...flags])).code).toBe(2)
  expect((await home.call(['runs', 'elsewhere'])).stderr).toMatch(/^burn: elsewhere: there is no such folder\n.*burn-results/)
  expect((await home.call(['runs', '--verdict', 'faild'])).stderr).toMatch(
    /--verdict faild: .*\n.*did you mean failed\?.*could_not_test/,
  )
})

test('attempts that were never counted are not 0', async () => {
  const home = new Home()
  write(home, 'a', 1, { totalMessages: null })
  write(home, 'b', 2, { totalMessages: 1234 })
  const [head, a, b] = (await home.call(['runs'])).stdout.split('\n').map((line) => line.split(/ {2,}/))
  const at = head?.indexOf('attempts') ?? 0
  expect([a?.[at], b?.[at]]).toEqual(['–', '1,234'])
})

test('a result that cannot be read is counted, and the others are listed', async () => {
  const home = new Home()
  write(home, 'good', 1)
  mkdirSync(home.file('burn-results/torn'), { recursive: true })
  home.write('burn-results/torn/result.json', '{"schemaVersion": "1.0", "runId": "x"')
  const { stdout, stderr, code } = await home.call(['runs', '--json'])
  expect(foldersIn(stdout)).toEqual(['burn-results/good'])
  expect(stderr).toContain('1 folder has a result that cannot be read: burn-results/torn')
  expect(code).toBe(0)
})

test('without a run that is said, and names reach no terminal as they are', async () => {
  const home = new Home()
  expect((await home.call(['runs'])).stderr).toContain('there is no run in burn-results')
  write(home, 'x', 1, { scenarioName: HOSTILE })
  const { stdout } = await home.call(['runs', '--trend'])
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u009b\u202e]/)
  expect((await home.call(['runs', '--verdict', 'failed'])).stderr).toContain('none of the 1 runs')
})

test('points of a search have no trend', async () => {
  const home = new Home()
  write(home, 'a', 3)
  write(home, 'a-search/users-8', 2)
  home.write('burn-results/a-search/search.json', '{}')
  write(home, 'b', 1)
  const points = async (...flags: string[]) => {
    const trends: { points: { run: { folder: string } }[] }[] = JSON.parse(
      (await home.call(['runs', '--trend', '--json', ...flags])).stdout,
    )
    return trends.map((trend) => trend.points.map(({ run }) => run.folder))
  }
  expect(await points()).toEqual([['burn-results/a', 'burn-results/b']])
  expect(await points('--limit', '2')).toEqual([['burn-results/a', 'burn-results/b']])
  expect(foldersIn((await home.call(['runs', '--json'])).stdout)).toHaveLength(3)
  expect((await home.call(['runs', 'burn-results/a-search', '--trend'])).stderr).toContain('none of the 1 run')
})
