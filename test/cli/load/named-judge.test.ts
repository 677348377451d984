import { expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from '../harness.ts'

const GRADER = { preset: 'openai-chat', url: 'mock:', model: 'grader', mock: { replies: 'grades' } }
const JUDGE = { target: 'grader', sample: 5, askTwice: 0 }

interface Stored {
  readonly target: readonly { readonly name: string }[]
  readonly totalMessages: number
  readonly judge: { readonly model: string; readonly scored: number }
}

/** The stored results of a run of `targets`, each by the name of its folder. */
async function resultsOf(home: Home, flags: readonly string[] = []): Promise<readonly Stored[]> {
  const { code, stderr } = await home.call(['run', 's.json', ...OUT, ...flags])
  expect([code, stderr]).toEqual([0, expect.stringContaining('PASSED')])
  return home
    .files()
    .filter((name) => name.endsWith('result.json'))
    .map((name) => JSON.parse(home.read(name)) as Stored)
}

async function scenario(more: object = {}, step: object = {}) {
  const home = new Home()
  const { target, ...rest } = chat((await mockFor()).url) as { target: object }
  const targets = { grader: GRADER, main: target, ...more }
  home.write('s.json', { ...rest, targets, load: [{ iterations: 6 }], steps: [{ message: 'hi', ...step }], judge: JUDGE })
  return home
}

const loadedIn = (results: readonly Stored[]) => results.flatMap(({ target }) => target.map(({ name }) => name)).sort()

test.each([
  ['no step names a target', {}],
  ['the steps name theirs', { target: 'main' }],
])('a judge by the name of a target gets no load when %s', async (_, step) => {
  const results = await resultsOf(await scenario({}, step))
  expect(results.map(({ totalMessages, judge }) => [totalMessages, judge.model, judge.scored])).toEqual([[6, 'grader', 5]])
  expect(loadedIn(results)).toEqual(['main'])
})

test('of several targets each other one has a run, which asks the judge, and can be run again from its folder', async () => {
  const home = await scenario({ second: GRADER })
  const results = await resultsOf(home)
  expect(loadedIn(results)).toEqual(['main', 'second'])
  expect(results.map(({ judge }) => judge.model)).toEqual(['grader', 'grader'])
  const folder =
    home
      .files()
      .find((name) => name.endsWith('-main/result.json'))
      ?.replace('/result.json', '') ?? ''
  const { stderr } = await home.call(['run', '--from', folder, '--out', 'again'])
  expect(stderr).toContain('by grader')
})

test('a step that sends to it, and --target, give it load', async () => {
  expect(loadedIn(await resultsOf(await scenario({}, { target: 'grader' })))).toEqual(['grader', 'main'])
  expect(loadedIn(await resultsOf(await scenario(), ['--target', 'grader']))).toEqual(['grader'])
})

test('a name that no target has is a problem at its place', async () => {
  const home = await scenario()
  home.write('s.json', home.read('s.json').replace('"target":"grader"', '"target":"gradr"'))
  const { stdout, code } = await home.call(['validate', 's.json'])
  expect([code, stdout]).toEqual([2, expect.stringMatching(/E_TARGET there is no target "gradr"[\s\S]*did you mean "grader"/)])
})
