/** `burn generate suite`: a file that names several scenarios, and these. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { suiteNamed, suiteNames } from '../../src/templates/suite.ts'
import { Home } from '../cli/harness.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'scenarios', 'templates', 'suites')
const FILES = ['suite', 'smoke', 'conversation-context', 'rapid-fire']

test('there is a file for every suite, and no other; it is what is written beside it', () => {
  expect(readdirSync(FOLDER)).toEqual(suiteNames.map((name) => `${name}.yaml`))
  for (const name of suiteNames)
    expect(suiteNamed(name)?.render('yaml', `${name}.yaml`)).toBe(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8'))
})

describe.each(['yaml', 'json'])('in %s', (format) => {
  test('a suite is valid with the scenarios that it names', async () => {
    const home = new Home()
    const written = await home.call(['generate', 'suite', '-o', 'made', '--format', format])
    const paths = FILES.map((name) => `made/${name}.${format}`)
    expect([written.code, written.stdout.trim().split('\n')]).toEqual([0, paths])
    expect(home.files()).toEqual(paths.toSorted())
    if (format === 'yaml') expect(home.read(`made/suite.yaml`)).toContain('#   burn run made/suite.yaml\n')
    const { code, stdout } = await home.call(['validate', `made/suite.${format}`])
    expect([code, stdout]).toEqual([0, ''])
  })
})

test('its runs are those of the scenarios, at the address that was chosen', async () => {
  const home = new Home()
  await home.call(['generate', 'suite', '-o', '.', '--preset', 'openai-chat', '--url', 'mock:', '--model', 'own'])
  // Whoever reads the replies is quick, and the runs follow each other at once.
  for (const name of home.files())
    home.write(
      name,
      home
        .read(name)
        .replace(/delay: \d+ms/g, 'delay: 1ms')
        .replace('duration: 10s', 'duration: 1s')
        .replace('gap: 1s', 'gap: 1ms'),
    )
  const { code, stdout, stderr } = await home.call([
    'run',
    'suite.yaml',
    '--set',
    'target.mock.tokens=1',
    '-c',
    '1',
    '-n',
    '1',
    '--out',
    'o',
  ])
  expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('3 tests')])
  const results = home.files().filter((name) => name.endsWith('result.json'))
  expect([results.length, stdout]).toEqual([3, ''])
  for (const name of FILES.slice(1)) expect(home.read(`${name}.yaml`)).toMatch(/model: own\b/)
})

describe('nothing is half-written', () => {
  test('when one of the files is there, unless it may be written over', async () => {
    const home = new Home()
    home.write('o/smoke.yaml', 'mine')
    const { code, stderr } = await home.call(['generate', 'suite', '-o', 'o'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('o/smoke.yaml is there already')])
    expect([home.files(), home.read('o/smoke.yaml')]).toEqual([['o/smoke.yaml'], 'mine'])
    expect((await home.call(['generate', 'suite', '-o', 'o', '--force'])).code).toBe(0)
    expect(home.files()).toHaveLength(4)
  })

  test('when one of them cannot be written', async () => {
    const home = new Home()
    home.write('o/rapid-fire.yaml/x', 'a folder of this name')
    const { code, stderr } = await home.call(['generate', 'suite', '-o', 'o', '--force'])
    expect([code, stderr]).toEqual([7, expect.stringContaining('cannot write o/rapid-fire.yaml')])
    expect(home.files()).toEqual(['o/rapid-fire.yaml/x'])
  })

  test.each([
    ['-', 'several files cannot go to standard output'],
    ['one.yaml', '-o one.yaml is one file, and there are 4'],
  ])('when they go to %s', async (output, words) => {
    const home = new Home()
    const { code, stderr } = await home.call(['generate', 'suite', '-o', output])
    expect([code, stderr, home.files()]).toEqual([2, expect.stringContaining(words), []])
  })
})
