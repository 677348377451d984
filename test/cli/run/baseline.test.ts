/** `--baseline`, `--save-baseline` and `--repeat`. What a comparison says is tested in test/compare. */

import { readdirSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { comparisonWith, saveBaseline } from '../../../src/cli/run/baseline.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import type { Result } from '../../../src/result/schema.ts'
import { contradictionIn } from '../../../src/store/contradictions.ts'
import { minuteOf } from '../../support/minute.ts'
import { reporters } from '../../support/reporters.ts'
import { Home, mockFor } from '../harness.ts'

/** Calls a function in a working folder, which is left when it returns. */
function inFolder<T>(folder: string, action: () => T): T {
  const before = process.cwd()
  process.chdir(folder)
  try {
    return action()
  } finally {
    process.chdir(before)
  }
}

/** Keeps results as the baseline `main` of this folder. */
async function saveIn(home: Home, results: readonly Result[]): Promise<string> {
  const before = process.cwd()
  process.chdir(home.path)
  try {
    return await saveBaseline('main', results)
  } finally {
    process.chdir(before)
  }
}

/** A run compared with a stored baseline. */
async function compared(base: Result, result: Result): Promise<Result> {
  const home = new Home()
  home.write('base.json', base)
  const compare = comparisonWith({ baseline: [home.file('base.json')] } as Parameters<typeof comparisonWith>[0])
  if (!compare) throw new Error('there is a baseline')
  return compare(result)
}

test('a run that is worse than its baseline has failed, and every report says so', async () => {
  const [base, slow] = [await minuteOf(1), await minuteOf(1.6)]
  const result = await compared(base, slow)
  expect(result).toMatchObject({ verdict: 'failed', exitCode: 1, exitCodes: [1], baseline: { verdict: 'WORSE', mode: 'stored' } })
  expect(result.reason).toMatch(/^worse than the baseline: response_time p50/)
  expect(contradictionIn(JSON.parse(JSON.stringify(result)))).toBeUndefined()
  const texts = [reporters.console, reporters.md, reporters.junit].map((reporter) => reporter.render(result, FILE_OPTIONS))
  expect(texts[0]).toContain('baseline WORSE  B is worse: response_time p50')
  expect(texts[1]).toContain('### Baseline: WORSE')
  expect(texts[2]).toMatch(/burn\.baseline" tests="\d" failures="[1-9]"/)
  // The lines of the baseline explain the verdict: the run itself is no second failure.
  expect(texts[2]?.match(/<failure/g)?.length).toBe(
    result.baseline?.values.filter(({ gate, verdict }) => gate && verdict === 'WORSE').length,
  )
})

test('its page draws both in whatever folder the report is made', async () => {
  const home = new Home()
  const base = await minuteOf(1)
  home.write('work/base.json', base)
  const result = inFolder(home.file('work'), () => comparisonWith({ baseline: ['base.json'] })?.(base))
  expect(result?.baseline?.a.name).toBe('base.json')
  home.write('work/results/new/result.json', result ?? {})
  const { stdout } = await home.call(['report', 'work/results/new', '--format', 'html'])
  expect(/<section id="baseline"[\s\S]*?<\/section>/.exec(stdout)?.[0]).toContain('<figure')
})

test('its page draws both over each other, as long as the baseline is there and the same', async () => {
  const home = new Home()
  const [base, slow] = [await minuteOf(1), await minuteOf(1.6)]
  home.write('base.json', [base, base, base])
  home.write('new/result.json', (comparisonWith({ baseline: [home.file('base.json')] })?.(slow) ?? {}) as Result)
  const section = async () => {
    const { code, stdout } = await home.call(['report', 'new', '--format', 'html'])
    expect(code).toBe(0)
    return /<section id="baseline"[\s\S]*?<\/section>/.exec(stdout)?.[0] ?? ''
  }
  const drawn = await section()
  expect(drawn).toContain('WORSE.')
  expect(drawn.match(/<h3>response_time<\/h3>/g)).toHaveLength(1)
  expect(drawn).toMatch(/aria-label="Response time p95: of A at most [\d.]+\w+, of B at most/)
  home.write('base.json', [{ ...base, runId: 'another' }])
  expect(await section()).not.toContain('<figure')
  rmSync(home.file('base.json'))
  const without = await section()
  expect(without).toContain('WORSE.')
  expect(without).not.toContain('<figure')
})

test('a run that is not worse stays what it is', async () => {
  const base = await minuteOf(1)
  const result = await compared(base, base)
  expect(result).toMatchObject({ verdict: 'passed', exitCode: 0 })
  expect(result.baseline?.verdict).not.toBe('WORSE')
  const { baseline: _, ...rest } = result
  expect(rest).toEqual(base)
})

test('a run that measured nothing valid is not compared, and says so', async () => {
  const base = await minuteOf(1)
  const result = await compared(base, { ...base, status: 'aborted' })
  expect(result.baseline).toBeUndefined()
  expect(result.notes.at(-1)).toContain('not compared with the baseline')
})

test('a run that measured nothing keeps the baseline before', async () => {
  const good = await minuteOf(1)
  const home = new Home()
  const before = await saveIn(home, [good])
  expect(before).toContain('kept as baseline')
  const kept = home.read('burn-results/baselines/main.json')
  for (const [bad, why] of [
    [{ ...good, status: 'aborted', verdict: 'aborted' }, 'did not end as planned (aborted)'],
    [{ ...good, validity: { state: 'invalid', reasons: [] } }, 'not valid'],
    [{ ...good, total: { ...good.total, counts: { ...good.total.counts, ok: 0 } } }, 'nothing succeeded'],
  ] as const) {
    expect(await saveIn(home, [bad])).toContain(why)
    expect(home.read('burn-results/baselines/main.json')).toBe(kept)
  }
  const { blocks: _, ...short } = good
  expect(await saveIn(home, [short])).toBe(
    'not kept as baseline main: it measured less than 8 s (run longer, or with --repeat 3)',
  )
  expect(await saveIn(home, [good, good])).toContain('not kept as baseline main: two results say too little')
  expect(home.read('burn-results/baselines/main.json')).toBe(kept)
  expect(await saveIn(home, [short, short, short])).toContain('kept as baseline: ')
})

test('a kept result is found by its name; two results, bad names and missing ones are refused before anything is sent', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('one.json', {
    name: 'one',
    target: { url: mock.url },
    load: [{ users: 1, iterations: 2 }],
    steps: [{ request: { path: '/health' } }],
  })
  const saved = await home.call([
    'run',
    'one.json',
    '--save-baseline',
    'main',
    '--repeat',
    '3',
    '--out',
    'out',
    '--allow-lag',
    '60s',
  ])
  expect(saved.code, saved.stderr).toBe(0)
  expect(saved.stderr).toContain('kept as baseline: burn-results/baselines/main.json')
  expect(readdirSync(home.file('out')).sort()).toEqual(['one', 'one-2', 'one-3'])
  expect(JSON.parse(home.read('burn-results/baselines/main.json'))).toHaveLength(3)
  const again = await home.call(['run', 'one.json', '--baseline', 'main', '--json', '--allow-lag', '60s'])
  expect(again.code, again.stderr).toBe(0)
  expect(JSON.parse(again.stdout).baseline).toMatchObject({ mode: 'repeated', units: 3 })
  for (const [flags, code, problem] of [
    [['--baseline', 'nope'], 6, 'there is no run nope'],
    [['--baseline', 'out/one', '--baseline', 'out/one-2'], 2, 'two results say too little'],
    [['--baseline', 'out/one'], 6, 'too short for a baseline'],
    [['--save-baseline', '../x'], 2, 'expected a name of letters'],
    [['--repeat', '0'], 2, 'expected a whole number from 1 to 999'],
  ] as const) {
    const { code: ended, stderr } = await home.call(['run', 'one.json', ...flags])
    expect({ ended, said: stderr.includes(problem) }, stderr).toEqual({ ended: code, said: true })
  }
})
