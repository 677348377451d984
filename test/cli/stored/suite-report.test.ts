/** A suite that is stored: its report, its head, and removing it. */
import { existsSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { schemaText } from '../../../src/cli/schema.ts'
import { chat, Home, mockFor } from '../harness.ts'

async function stored() {
  const home = new Home()
  const mock = await mockFor()
  home.write('good.json', chat(mock.url))
  home.write('bad.json', chat(mock.url, { thresholds: ['response_time p50 < 1us'] }))
  home.write('s.json', { suite: 'nightly', tests: [{ scenario: 'good.json' }, { scenario: 'bad.json' }] })
  await home.call(['run', 's.json', '--allow-lag', '60s', '--out', 'burn-results/n', '--report', 'html'])
  return home
}

test('burn report prints it again, in the formats that a suite has', async () => {
  const home = await stored()
  const report = (...flags: string[]) => home.call(['report', 'burn-results/n', ...flags])
  expect((await report()).stdout).toMatch(/^FAILED {2}nightly · 1 of 2 tests passed; not bad \(failed\)/)
  expect((await report('-f', 'json')).stdout).toBe(home.read('burn-results/n/suite.json'))
  expect((await report('-f', 'junit')).stdout).toBe(home.read('burn-results/n/junit.xml'))
  expect((await report('-f', 'md', '-o', 'x.md')).code).toBe(0)
  expect(home.read('x.md')).toBe(home.read('burn-results/n/report.md'))
  const page = (await report('-f', 'html')).stdout
  expect(page).toMatch(/^<!doctype html>/)
  expect(home.read('burn-results/n/report.html')).toBe(page)
  expect(page).toContain('<details open><summary>bad: failed</summary>')
  for (const flags of [['-f', 'csv'], ['--quality'], ['--level', 'step'], ['-o', 'burn-results/n/suite.json']])
    expect(await report(...flags)).toMatchObject({ code: 2, stderr: expect.stringMatching(/suite/) })
})

test('what is stored fits its schema, and nothing with a part missing', async () => {
  const home = await stored()
  const schema = JSON.parse(schemaText('suite-result'))
  const fits = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true }).compile(schema)
  const suite = JSON.parse(home.read('burn-results/n/suite.json'))
  expect(fits(suite) ? [] : fits.errors).toEqual([])
  for (const key of Object.keys(suite)) expect(fits({ ...suite, [key]: undefined }), key).toBe(false)
})

test('burn runs lists its runs, shows it, and removes all of it', async () => {
  const home = await stored()
  const { stdout } = await home.call(['runs', '--json'])
  expect(JSON.parse(stdout).map(({ folder }: { folder: string }) => folder)).toEqual(
    expect.arrayContaining(['burn-results/n/01-good', 'burn-results/n/02-bad']),
  )
  expect((await home.call(['runs', 'show', 'n'])).stdout).toMatch(/^FAILED {2}nightly/)
  expect((await home.call(['runs', 'rm', 'n', '--yes'])).code).toBe(0)
  expect(existsSync(home.file('burn-results/n'))).toBe(false)
})

test('one that was killed is no pass, and a file that was changed leads nowhere else', async () => {
  const home = await stored()
  const suite = JSON.parse(home.read('burn-results/n/suite.json'))
  const killed = { ...suite, status: 'running', verdict: 'incomplete', exitCode: 4 }
  home.write('burn-results/n/suite.json', killed)
  expect((await home.call(['report', 'burn-results/n'])).stdout).toMatch(
    /^INCOMPLETE {2}nightly · the process exited without an end/,
  )
  home.write('elsewhere/result.json', home.read('burn-results/n/01-good/result.json'))
  const [first, ...rest] = suite.tests
  home.write('burn-results/n/suite.json', { ...suite, tests: [{ ...first, folder: '../../elsewhere' }, ...rest] })
  expect((await home.call(['report', 'burn-results/n', '-f', 'junit'])).stdout).not.toContain('good: burn.run')
  home.write('burn-results/n/suite.json', { ...suite, tests: 'none' })
  expect(await home.call(['report', 'burn-results/n'])).toMatchObject({ code: 6, stderr: expect.stringContaining('tests') })
})
