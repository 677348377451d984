/** stdout is data, stderr is for people, and a reader that is slow or gone spoils neither the data nor the run. */
import { describe, expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from './harness.ts'

/** A run whose result is longer than what a pipe holds. */
async function longResult() {
  const home = new Home()
  const mock = await mockFor()
  const steps = Array.from({ length: 60 }, (_, n) => ({ message: 'Hello', name: `step-${n}` }))
  home.write('s.json', chat(mock.url, { steps, load: [{ iterations: 2, users: 1 }] }))
  return home
}

const RUN = `$BURN run s.json ${OUT.join(' ')} --json`

describe('a reader that', () => {
  test('leaves after one line: files are complete, the exit code is that of the run', async () => {
    const home = await longResult()
    const { code, stdout } = await home.shell(`${RUN} -o copy.json --report junit | head -1; exit \${PIPESTATUS[0]}`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{\n' })
    expect(home.result()).toMatchObject({ status: 'completed', successfulMessages: 120 })
    expect(JSON.parse(home.read('copy.json'))).toEqual(home.result())
    expect(home.read('out/junit.xml')).toMatch(/<\/testsuites>\s*$/)
  })

  test('is gone before the first line', async () => {
    const home = await longResult()
    expect((await home.shell(`${RUN} | true; exit \${PIPESTATUS[0]}`)).code).toBe(0)
    expect(home.result().status).toBe('completed')
  })

  test('of stderr is gone: the run goes on', async () => {
    const home = await longResult()
    const { code, stdout } = await home.shell(`{ ${RUN} -v 2>&1 >&3 | true; exit \${PIPESTATUS[0]}; } 3>&1`)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(home.result())
  })

  test('takes its time gets everything', async () => {
    const home = await longResult()
    const { code, stdout } = await home.shell(`${RUN} -q | { sleep 1; cat; }; exit \${PIPESTATUS[0]}`)
    expect(code).toBe(0)
    expect(stdout.length).toBeGreaterThan(70_000)
    expect(JSON.parse(stdout)).toEqual(home.result())
  })
})

test('a scenario comes from stdin as -', async () => {
  const home = new Home()
  const mock = await mockFor()
  const { code } = await home.burn(['run', '-', ...OUT], { stdin: JSON.stringify(chat(mock.url)) })
  expect(code).toBe(0)
  expect(home.result().successfulMessages).toBe(5)
})

test('burn validate prints problems on stdout and the count on stderr; burn report prints on stdout', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('good.json', chat(mock.url))
  home.write('bad.json', chat(mock.url, { tresholds: [] }))
  expect(await home.burn(['validate', 'good.json'])).toMatchObject({ code: 0, stdout: '', stderr: '1 file: no problems\n' })
  const bad = await home.burn(['validate', 'good.json', 'bad.json'])
  expect(bad).toMatchObject({ code: 2, stderr: '2 files: 1 error, 0 warnings\n`burn explain E_UNKNOWN_KEY` says more\n' })
  expect(bad.stdout).toMatch(/^bad\.json:1:\d+: error E_UNKNOWN_KEY/)
  expect(await home.call(['validate', 'bad.json', '-q'])).toMatchObject({ code: 2, stderr: '' })
  await home.call(['run', 'good.json', ...OUT])
  const report = await home.burn(['report', 'out', '--format', 'md'])
  expect(report).toMatchObject({ code: 0, stderr: '' })
  expect(report.stdout).toMatch(/response_time/)
  expect(await home.call(['report', 'out', '--format', 'md', '-o', 'r.md'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(home.read('r.md')).toBe(report.stdout)
  const kept = home.read('out/result.json')
  for (const run of ['out', 'out/result.json']) {
    const over = await home.call(['report', run, '--format', 'md', '-o', 'out/../out/result.json'])
    expect(over).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/is the result itself/) })
  }
  expect(home.read('out/result.json')).toBe(kept)
})
