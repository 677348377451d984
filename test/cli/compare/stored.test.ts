/** `burn compare` on stored results: what it takes, what it says, and its exit codes. */

import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EMPTY_RESULT } from '../../../src/result/empty.ts'
import type { Result } from '../../../src/result/schema.ts'
import { minuteOf } from '../../support/minute.ts'
import { Home } from '../harness.ts'

const NOTHING_SENT: Partial<Result> = {
  ...{ status: 'completed', verdict: 'could_not_test', exitCode: 3, exitCodes: [3] },
  validity: { state: 'ok', reasons: [] },
}
/** Writes the result of a minute with a target that is `slower` times as slow as others. */
async function write(home: Home, name: string, slower: number, changed: Partial<Result> = {}): Promise<void> {
  mkdirSync(home.file(name), { recursive: true })
  home.write(`${name}/result.json`, { ...(await minuteOf(slower)), ...changed })
}

test('a run that is much slower than another ends with exit code 1', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'new', 1.6)
  const { code, stdout } = await home.call(['compare', 'base', 'new/result.json', '--seed', '7'])
  expect(stdout).toMatch(/^WORSE {2}B is worse: response_time p50/)
  expect(stdout).toContain('A  base · ')
  expect(code).toBe(1)
  const back = await home.call(['compare', 'new', 'base', '--format', 'json'])
  expect(JSON.parse(back.stdout)).toMatchObject({ mode: 'stored', verdict: 'BETTER' })
  expect(back.code).toBe(0)
  const page = await home.call(['compare', 'base', 'new', '--format', 'html', '-o', 'compared.html', '--seed', '7'])
  expect([page.code, page.stdout]).toEqual([1, ''])
  expect(home.read('compared.html')).toContain('<title>WORSE: base against new</title>')
  expect(home.read('compared.html').match(/<h3>response_time<\/h3>/g)).toHaveLength(1)
})

test('what is unclear passes, unless --strict', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'new', 1.05)
  expect((await home.call(['compare', 'base', 'new'])).code).toBe(0)
  expect((await home.call(['compare', 'base', 'new', '--strict'])).code).toBe(4)
})

test('a measurement that is not valid decides nothing', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'new', 1, {
    ...{ exitCode: 4, exitCodes: [4], verdict: 'invalid' },
    validity: { state: 'invalid', reasons: [{ level: 'invalid', code: 'lag', message: 'late', hint: '' }] },
  })
  expect((await home.call(['compare', 'base', 'new'])).code).toBe(4)
})

test('patterns and folders name sets of runs', async () => {
  const home = new Home()
  for (const n of [1, 2, 3]) await write(home, `runs/base-${n}`, 1)
  await write(home, 'new', 1)
  const { stdout } = await home.call(['compare', 'runs/base-*', 'new', '-f', 'json'])
  expect(JSON.parse(stdout)).toMatchObject({ mode: 'repeated', units: 3 })
  const folder = await home.call(['compare', 'runs', 'new', '-f', 'json'])
  expect(JSON.parse(folder.stdout)).toMatchObject({ mode: 'repeated', units: 3 })
  const two = await home.call(['compare', 'runs/base-[12]', 'new'])
  expect(two.stderr).toContain('2 runs cannot be compared with 1')
  expect(two.code).toBe(6)
})

test('what cannot be compared is said, with exit code 6', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'killed', 1, { status: 'running', verdict: 'incomplete', exitCode: 4, exitCodes: [4] })
  await write(home, 'empty', 1, { ...EMPTY_RESULT, ...NOTHING_SENT })
  for (const [other, problem] of [
    ['killed', 'killed is of a run that did not end'],
    ['empty', 'empty holds no attempt'],
    ['missing', 'there is no run missing'],
  ] as const) {
    const { code, stderr } = await home.call(['compare', 'base', other])
    expect({ code, said: stderr.includes(problem) }, stderr).toEqual({ code: 6, said: true })
  }
})

test('wrong flags are told with what is right', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  for (const [flags, problem] of [
    [['base'], '1 result is named'],
    [['base', 'base', '--gate', 'p50'], 'there is no such metric'],
    [['base', 'base', '--tolerance', 'latency'], 'expected NAME=PERCENT'],
    [['base', 'base', '--tolerance', 'errors=x'], 'expected a percentage above 0'],
    [['base', 'base', '--confidence', '100'], 'from 50 to below 100'],
  ] as const) {
    const { code, stderr } = await home.call(['compare', ...flags])
    expect({ code, said: stderr.includes(problem) }, stderr).toEqual({ code: 2, said: true })
  }
})

test('limits, gates and confidence are what the flags say', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'new', 1.6)
  const flags = [
    '--tolerance',
    'latency=20%,p99=30%,errors=2pp',
    '--gate',
    'response_time p50',
    '--confidence',
    '90',
    '--run-noise',
    '1',
    '-f',
    'json',
  ]
  const { stdout } = await home.call(['compare', 'base', 'new', ...flags])
  const found = JSON.parse(stdout)
  expect(found).toMatchObject({ runNoise: 0.01 })
  expect(found.alpha).toBeCloseTo(0.1, 10)
  const line = (name: string) => found.values.find(({ metric }: { metric: string }) => metric === name)
  expect(line('response_time p50')).toMatchObject({ gate: true, tolerance: 0.2 })
  expect(line('response_time p99')).toMatchObject({ gate: false, tolerance: 0.3 })
  expect(line('errors')).toMatchObject({ gate: false, tolerance: 0.02 })
})

test('the comparison goes to a file, and to the summary of a job', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'new', 1.6)
  const { stdout } = await home.call(['compare', 'base', 'new', '-f', 'md', '-o', 'compare.md'], {
    env: { GITHUB_STEP_SUMMARY: home.file('summary.md') },
  })
  expect(stdout).toBe('')
  expect(home.read('compare.md')).toMatch(/^## WORSE: B is worse/)
  expect(home.read('summary.md')).toMatch(/^## WORSE: B is worse/)
})

test('no result is replaced by its comparison', async () => {
  const home = new Home()
  await write(home, 'base', 1)
  await write(home, 'new', 1)
  const before = home.read('base/result.json')
  const { code, stderr } = await home.call(['compare', 'base', 'new', '-f', 'json', '-o', 'base/result.json'])
  expect({ code, said: stderr.includes('is one of the results') }, stderr).toEqual({ code: 2, said: true })
  expect(home.read('base/result.json')).toBe(before)
})

test('faults that are not injected alike are told', async () => {
  const home = new Home()
  const wireFaults = (kind: string): Partial<Result> => ({
    wireFaults: { connections: 9, unreached: 0, bytesUp: 1, bytesDown: 1, kinds: [{ kind, drawn: 9, acted: 9, failed: 0 }] },
  })
  const written = (probability: string): Partial<Result> => ({
    ...wireFaults('latency'),
    configuration: { scenario: { faults: [{ latency: '5ms', probability }] }, flags: {}, files: [] },
  })
  await write(home, 'none', 1)
  await write(home, 'slow', 1, wireFaults('latency'))
  await write(home, 'half', 1, written('50%'))
  await write(home, 'whole', 1, written('100%'))
  const told = async (a: string, b: string) =>
    (JSON.parse((await home.call(['compare', a, b, '-f', 'json'])).stdout).warnings as string[])
      .filter((text) => text.startsWith('faults'))
      .join()
  expect(await told('none', 'slow')).toMatch(/^faults are injected differently: none into A, latency into B; /)
  expect(await told('half', 'whole')).toContain('latency into both, with other settings')
  expect([await told('slow', 'whole'), await told('half', 'half'), await told('none', 'none')]).toEqual(['', '', ''])
})

test('servers of different builds, and tags of different values, are told', async () => {
  const home = new Home()
  const { target } = await minuteOf(1)
  const of = (builds: Record<string, string[]>) => ({ target: target.map((one) => ({ ...one, builds })) })
  await write(home, 'base', 1, { ...of({ server: ['nginx'], 'x-version': ['1.4', '1.5'] }), labels: { build: 'a1', team: 'x' } })
  await write(home, 'new', 1, {
    ...of({ server: ['nginx'], 'x-version': ['1.5'], 'x-build': ['7'] }),
    labels: { build: 'b2', team: 'x' },
  })
  const { warnings } = JSON.parse((await home.call(['compare', 'base', 'new', '-f', 'json'])).stdout)
  expect(warnings.slice(1)).toEqual([
    'the servers are of different builds: header x-version says 1.4, 1.5 of A, 1.5 of B',
    'tag build: a1 of A, b2 of B',
  ])
  const same = await home.call(['compare', 'base', 'base', '-f', 'json'])
  expect(JSON.parse(same.stdout).warnings).toHaveLength(1)
})
