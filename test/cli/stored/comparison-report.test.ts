/** `burn report` of a stored comparison: every format again, from the folder or the file. */
import { mkdirSync, renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { minuteOf } from '../../support/minute.ts'
import { Home } from '../harness.ts'

/** The folder of a live comparison as it is left behind: both runs, and `comparison.json`. */
async function compared(): Promise<Home> {
  const home = new Home()
  for (const [name, slower] of [
    ['a-base', 1],
    ['b-new', 1.6],
  ] as const) {
    mkdirSync(home.file(`kept/${name}`), { recursive: true })
    home.write(`kept/${name}/result.json`, { ...(await minuteOf(slower)), runId: name })
  }
  const { stdout } = await home.call(['compare', 'kept/a-base', 'kept/b-new', '--format', 'json'])
  const found = JSON.parse(stdout)
  const renamed = { ...found, mode: 'interleaved', a: { ...found.a, name: 'base' }, b: { ...found.b, name: 'new' } }
  home.write('kept/comparison.json', renamed)
  return home
}

test.each(['kept', 'kept/comparison.json'])('every format can be had again from %s', async (named) => {
  const home = await compared()
  const text = await home.call(['report', named])
  expect(text.stdout).toMatch(/^WORSE {2}B is worse: response_time p50/)
  expect([text.code, text.stderr]).toEqual([0, ''])
  const json = await home.call(['report', named, '--format', 'json'])
  expect(JSON.parse(json.stdout)).toEqual(JSON.parse(home.read('kept/comparison.json')))
  expect((await home.call(['report', named, '--format', 'md'])).stdout).toMatch(/^## WORSE/)
  const { startTime } = await minuteOf(1.6)
  const junit = await home.call(['report', named, '--format', 'junit'])
  expect(junit.stdout).toContain(`timestamp="${new Date(startTime).toISOString().slice(0, 19)}"`)
  const page = await home.call(['report', named, '--format', 'html', '-o', 'page.html'])
  expect([page.code, page.stdout, page.stderr]).toEqual([0, '', ''])
  expect(home.read('page.html')).toContain('<h3>response_time</h3>')
})

test('a page without the results of its sides says so, and shows the rest', async () => {
  const home = await compared()
  renameSync(home.file('kept/b-new'), home.file('elsewhere'))
  const page = await home.call(['report', 'kept', '--format', 'html'])
  expect(page.code).toBe(0)
  expect(page.stderr).toContain('without curves, steps and failures: the results of new are not found')
  expect(page.stdout).toContain('WORSE')
  expect(page.stdout).not.toContain('<h3>response_time</h3>')
})

test.each([
  [['--format', 'csv'], 'is a comparison, which has no such format'],
  [['--quality'], '--quality goes with a run'],
  [['--level', 'step'], '--level goes with the tables of a run'],
  [['--format', 'json', '-o', 'kept/comparison.json'], 'is the comparison itself'],
])('%j is refused', async (flags, message) => {
  const home = await compared()
  const { code, stderr } = await home.call(['report', 'kept', ...flags])
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

test('a damaged comparison is said to be one, with the part that is wrong', async () => {
  const home = await compared()
  const whole = JSON.parse(home.read('kept/comparison.json'))
  home.write('kept/comparison.json', { ...whole, verdict: 'FINE' })
  const { code, stderr } = await home.call(['report', 'kept'])
  expect(stderr).toContain('is not a whole comparison: verdict is missing or of another kind')
  expect(code).toBe(6)
})
