/** A search that is stored: its report, its head, comparing and removing it. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { chat, Home, mockFor } from '../harness.ts'

const SHORT = ['--point', '100ms', '--warm-up', '100ms', '--confirm', '200ms', '--allow-lag', '60s', '--from', '1', '--max', '2']
const FOLDER = 'burn-results/n'

/** What a search has written, by file: it is made once, and each test has it in a folder of its own. */
let written: ReadonlyMap<string, string> | undefined

async function stored() {
  const home = new Home()
  written ??= await searched()
  for (const [file, text] of written) home.write(file, text)
  return home
}

async function searched() {
  const home = new Home()
  const mock = await mockFor()
  home.write(
    's.json',
    chat(mock.url, { name: 'how-much', thresholds: ['response_time avg < 60s'], load: [{ users: 1, for: '1s' }] }),
  )
  const { code, stderr } = await home.call(['search', 's.json', ...SHORT, '--out', FOLDER])
  expect(code, stderr).toBe(0)
  return new Map(home.files().map((file) => [file, home.read(file)]))
}

test('burn report prints it again, in the formats that a search has', async () => {
  const home = await stored()
  const report = (...flags: string[]) => home.call(['report', FOLDER, ...flags])
  const { stdout } = await report()
  expect(stdout).toMatch(/^FOUND {2}how-much · holds 2 users/)
  expect(await home.call(['report', `${FOLDER}/search.json`])).toMatchObject({ code: 0, stdout })
  expect((await report('-f', 'json')).stdout).toBe(home.read(`${FOLDER}/search.json`))
  expect((await report('-f', 'md', '-o', 'x.md')).code).toBe(0)
  expect(home.read('x.md')).toBe(home.read(`${FOLDER}/report.md`))
  for (const flags of [['-f', 'csv'], ['--quality'], ['--level', 'step'], ['-o', `${FOLDER}/search.json`]])
    expect(await report(...flags)).toMatchObject({ code: 2, stderr: expect.stringMatching(/search/) })
})

test('burn runs shows it, and removes all of it', async () => {
  const home = await stored()
  expect((await home.call(['runs', 'show', 'n'])).stdout).toMatch(/^FOUND {2}how-much/)
  expect((await home.call(['runs', 'show', 'n', '--json'])).stdout).toBe(home.read(`${FOLDER}/search.json`))
  expect((await home.call(['runs', 'rm', 'n', '--yes'])).code).toBe(0)
  expect(existsSync(home.file(FOLDER))).toBe(false)
})

test('its points are no repeats that burn compare could take for one side', async () => {
  const home = await stored()
  expect(await home.call(['compare', FOLDER, FOLDER])).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(
      /burn-results\/n is a search: its runs have different loads.*\n.*such as burn-results\/n\/\d\d-2-users/,
    ),
  })
})

test('one that was killed is no pass, and a file that was changed leads nowhere else', async () => {
  const home = await stored()
  const search = JSON.parse(home.read(`${FOLDER}/search.json`))
  home.write(`${FOLDER}/search.json`, { ...search, status: 'running', verdict: 'incomplete', exitCode: 4 })
  expect((await home.call(['report', FOLDER])).stdout).toMatch(/^INCOMPLETE {2}how-much · the process exited without an end/)
  home.write('elsewhere/result.json', home.read(`${FOLDER}/01-1-users/result.json`))
  const [first] = search.points
  home.write(`${FOLDER}/search.json`, { ...search, points: [{ ...first, folder: '../../elsewhere' }] })
  expect((await home.call(['runs', 'rm', 'n', '--yes'])).code).toBe(6)
  expect(existsSync(home.file('elsewhere/result.json'))).toBe(true)
  home.write(`${FOLDER}/search.json`, { ...search, points: 'none' })
  expect(await home.call(['report', FOLDER])).toMatchObject({ code: 6, stderr: expect.stringContaining('points') })
  home.write(`${FOLDER}/search.json`, { ...search, searchVersion: '9.0' })
  expect(await home.call(['report', FOLDER])).toMatchObject({ code: 6, stderr: expect.stringContaining('search format 9.0') })
  expect(await home.call(['search', 's.json', ...SHORT, '--out', FOLDER])).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('add --overwrite'),
  })
})
