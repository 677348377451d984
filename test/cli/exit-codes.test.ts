/** One test for each exit code, and which wins when several apply. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readJournal } from '../../src/store/journal/reader.ts'
import { parseXml, type XmlElement } from '../report/xml-parser.ts'
import { deadPort } from '../support/own-port.ts'
import { shareOf } from '../support/share.ts'
import { chat, closeAfter, eventually, Home, mockFor, OUT } from './harness.ts'
import { breaking } from './preloads.ts'

const elements = (root: XmlElement, name: string): XmlElement[] => [
  ...(root.name === name ? [root] : []),
  ...root.children.flatMap((child) => elements(child, name)),
]

describe('0', () => {
  test('everything asked of it held', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { thresholds: ['errors ratio < 1%'] }))
    const { code, stdout, stderr } = await home.call(['run', scenario, ...OUT])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/PASSED {2}cli test/)
    const result = home.result()
    expect(result).toMatchObject({ verdict: 'passed', status: 'completed', exitCode: 0, exitCodes: [], successfulMessages: 5 })
    expect(mock.stats().requests).toBe(5)
  })
})

describe('1', () => {
  test('a mock that fails half of the time: failed, with failing JUnit cases', async () => {
    const home = new Home()
    const mock = await mockFor({ errorRate: 0.5 })
    const scenario = home.write('s.json', chat(mock.url, { load: [{ iterations: 40, users: 2 }] }))
    const { code } = await home.call(['run', scenario, ...OUT, '--report', 'junit'])
    expect(code).toBe(1)
    const result = home.result()
    expect(result).toMatchObject({ verdict: 'failed', exitCodes: [1] })
    expect(result.failedMessages).toBe(mock.stats().byOutcome.error)
    const report = parseXml(home.read('out/junit.xml'))
    const failing = elements(report, 'testcase').filter((one) => elements(one, 'failure').length > 0)
    expect(failing.map((one) => one.attributes.name)).toEqual(['errors ratio <= 10%'])
    expect(Number(report.attributes.failures)).toBe(1)
    expect(elements(report, 'failure').at(-1)?.text).toMatch(/errors were [2-7]\d(\.\d)?%, limit 10%, over 40 samples/)
  })

  test('a check budget', async () => {
    const home = new Home()
    const mock = await mockFor()
    const steps = [{ message: 'Hello', expect: [{ contains: 'a text that is not in any reply' }] }, { message: 'Bye' }]
    const args = ['run', home.write('s.json', chat(mock.url, { steps })), ...OUT, '--max-error-rate', '99%']
    expect((await home.call(args)).code).toBe(1)
    expect(home.result().thresholds.map(({ threshold, state }) => [threshold, state])).toEqual([
      ['errors ratio <= 99%', 'passed'],
      ['checks ratio >= 99%', 'failed'],
    ])
  })

  test('one scenario of two', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, { name: 'a' }))
    home.write('b.json', chat(mock.url, { name: 'b', thresholds: ['response_time p50 < 1us'] }))
    home.write('c.json', chat(mock.url, { name: 'c' }))
    const { code, stdout } = await home.call(['run', 'a.json', 'b.json', 'c.json', '--json', '--allow-lag', '60s'])
    expect(code).toBe(1)
    const results: { scenarioName: string; exitCode: number }[] = JSON.parse(stdout)
    expect(results.map(({ scenarioName, exitCode }) => [scenarioName, exitCode])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ])
  })
})

describe('2: nothing was sent, nothing was written', () => {
  const rows: [string, string[], RegExp][] = [
    ['an unknown flag', ['run', 's.json', '--conections', '3'], /Did you mean --connections\?/],
    ['an unknown command', ['rnu', 's.json'], /Did you mean run\?/],
    ['a missing file', ['run', 'nope.yaml'], /nope\.yaml:1:1: error E_FILE/],
    ['nothing to run', ['run'], /nothing to run/],
    ['a broken scenario', ['run', 'bad.json'], /bad\.json:1:\d+: error E_\w+[\s\S]*tresholds/],
    ['a good and a broken one', ['run', 's.json', 'bad.json'], /bad\.json/],
    ['a bad --allow-lag', ['run', 's.json', '--allow-lag', 'soon'], /--allow-lag soon: expected a duration/],
    ['a bad --log', ['run', 's.json', '--log', 'some'], /some/],
    ['a bad --report', ['run', 's.json', '--report', 'pdf'], /--report pdf: there is no such format/],
    ['a bad threshold', ['run', 's.json', '-t', 'ttft p95'], /--threshold "ttft p95": expected a comparison/],
    ['a bad --max-error-rate', ['run', 's.json', '--max-error-rate', 'few'], /--max-error-rate few: expected a share/],
    ['a --max-error-rate without %', ['run', 's.json', '--max-error-rate', '5'], /\n.*did you mean "5%"\?/],
    ['a bad --rate', ['run', 's.json', '-r', 'fast'], /fast/],
    ['a bad --connections', ['run', 's.json', '-c', '0'], /-c 0: expected a whole number above zero/],
    ['a bad --duration', ['run', 's.json', '-d', 'long'], /long/],
    ['a bad --set', ['run', 's.json', '--set', 'target'], /--set target: expected path=value/],
    ['--set of an unknown key', ['run', 's.json', '--set', 'target.modle=x'], /model/],
    ['a bad --rate-scope', ['run', 's.json', '--rate-scope', 'all'], /rate-scope/],
    ['a glob that finds nothing', ['validate', 'no-such-*.yaml'], /matches no file/],
    [
      'a bad report format',
      ['report', 'x', '--format', 'pdf'],
      /--format pdf: there is no such format\n.*html .* prints as a PDF/,
    ],
  ]
  test.each(rows)('%s', async (what, args, words) => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url))
    home.write('bad.json', { ...chat(mock.url), tresholds: [] })
    // One of them as a process: the shell has to get the code, too.
    const { code, stdout, stderr } = await (what === 'nothing to run' ? home.burn(args) : home.call(args))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/bug in burn|\n\s+at /)
    expect(mock.stats().requests).toBe(0)
    expect(home.files()).toEqual(['bad.json', 's.json'])
    expect(readdirSync(home.path)).not.toContain('burn-results')
  })
})

describe('3', () => {
  test('a dead port, at once', async () => {
    const home = new Home()
    // Who waits for the end of the load never comes back.
    const load = [{ rate: '10/s', for: '1h' }]
    const scenario = home.write('s.json', chat(`http://127.0.0.1:${await deadPort()}`, { load }))
    const { code, stderr } = await home.call(['run', scenario, ...OUT, '--report', 'junit'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/COULD NOT TEST[\s\S]*cannot reach 127\.0\.0\.1:\d+/)
    expect(home.result()).toMatchObject({ verdict: 'could_not_test', exitCode: 3, totalMessages: 0 })
    expect(home.result().exitCodes).toContain(3)
    const report = parseXml(home.read('out/junit.xml'))
    expect(elements(report, 'failure').length + elements(report, 'error').length).toBeGreaterThan(0)
  })

  test('nothing succeeded', async () => {
    const home = new Home()
    const mock = await mockFor({ errorRate: 1 })
    const { code } = await home.call(['run', home.write('s.json', chat(mock.url)), ...OUT, '--max-error-rate', '99%'])
    expect(code).toBe(3)
    expect(home.result()).toMatchObject({ reason: 'nothing succeeded', failedMessages: 5, exitCodes: [3, 1] })
  })

  test('zero requests are never a pass', async () => {
    const home = new Home()
    const mock = await mockFor()
    const steps = [{ if: 'false', then: [{ message: 'never' }] }]
    const { code } = await home.call(['run', home.write('s.json', chat(mock.url, { steps, thresholds: [] })), ...OUT])
    expect(code).toBe(3)
    expect(home.result()).toMatchObject({ reason: 'no request was sent', totalMessages: 0 })
    expect(mock.stats().requests).toBe(0)
  })

  test('wins over thresholds without samples', async () => {
    const home = new Home()
    const own = { thresholds: ['ttft p95 < 1s'] }
    const scenario = home.write('s.json', chat(`http://127.0.0.1:${await deadPort()}`, own))
    expect((await home.call(['run', scenario, ...OUT])).code).toBe(3)
    expect(home.result().exitCodes).toEqual([3, 1])
  })
})

describe('4', () => {
  test('more load than maxUsers can take, with whenFull: drop; wins over a failed threshold', async () => {
    const home = new Home()
    const mock = await mockFor({ firstTokenMs: 300 })
    const load = [{ rate: '40/s', for: '1s', maxUsers: 2, whenFull: 'drop' }]
    const own = { load, thresholds: ['response_time p50 < 1ms'] }
    const { code } = await home.call(['run', home.write('s.json', chat(mock.url, own)), ...OUT])
    const result = home.result()
    expect(code).toBe(4)
    expect(result).toMatchObject({ verdict: 'invalid', validity: { state: 'invalid' } })
    expect(result.validity.reasons[0]?.code).toBe('dropped')
    expect(result.exitCodes).toEqual([4, 1])
    expect(result.total.counts.started).toBe(mock.stats().requests)
    expect(result.total.counts.dropped).toBeGreaterThan(20)
  })

  test('burn itself stood still for half a second', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { load: [{ rate: '50/s', for: '2500ms' }] }))
    const run = home.start(['run', scenario, '--out', 'out'], { node: breaking(home, 'stops in the middle') })
    await eventually(() => isStopped(run.process.pid), 'the stop of the process')
    await new Promise((resolve) => setTimeout(resolve, 500))
    run.kill('SIGCONT')
    expect((await run.finished).code).toBe(4)
    const { validity, generator, total } = home.result()
    expect(validity.reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['lag', 'stall']))
    expect(generator.stalledMs).toBeGreaterThan(350)
    // It was this side that was late: the lateness is in the response times, not in the service times.
    const { response_time: response, service_time: service } = total.distributions
    expect((response?.mean ?? Number.NaN) - (service?.mean ?? Number.NaN)).toBeGreaterThan(
      0.9 * (generator.lag.mean ?? Number.NaN),
    )
  })
})

/** True for a process that SIGSTOP has stopped. */
const isStopped = (pid = 0) => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

describe('5: a bug in burn', () => {
  test.each(
    shareOf([
      ['where an attempt is recorded', 'Map.get of http_status', { errorRate: 0.5 }, /\n +at src\/[\w/-]+\.ts:\d+:\d+\n/],
      ['in a timer', 'beat once', {}, /\n +at .*preload\.mjs:\d+:\d+/],
    ]),
  )('%s: what was measured is written', async (_, where, settings, trace) => {
    const home = new Home()
    const mock = await mockFor(settings)
    const load = [{ users: 2, for: '1h' }]
    const scenario = home.write('s.json', chat(mock.url, { load, thresholds: ['response_time p50 < 1us'] }))
    const { code, stderr } = await home.burn(['run', scenario, ...OUT, '--log', 'all'], { node: breaking(home, where) })
    expect(code).toBe(5)
    expect(stderr).toMatch(/this is a bug in burn, please report it[\s\S]*provoked by the test/)
    expect(stderr).toMatch(trace)
    const result = home.result()
    expect(result).toMatchObject({ status: 'failed', verdict: 'error', exitCode: 5 })
    expect(result.reason).toMatch(/a bug in burn ended the run: provoked by the test/)
    expect(result.totalMessages).toBeGreaterThan(0)
    expect((await home.call(['report', 'out'])).code).toBe(0)
  })

  test('one that comes again and again ends the run all the same', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { load: [{ users: 2, for: '1h' }] }))
    const { code } = await home.burn(['run', scenario, ...OUT, '--log', 'all'], { node: breaking(home, 'usage always') })
    expect(code).toBe(5)
    // Not even a result can be made, but what the journal holds can be read.
    const report = await home.call(['report', 'out'])
    expect(report.stdout).toMatch(/INCOMPLETE/)
    expect(report.code).toBe(0)
  })
})

describe('6: inputs', () => {
  const rows: [string, string | undefined, RegExp][] = [
    ['a run that is not there', undefined, /there is no such file or folder/],
    ['an empty file', '', /is not valid JSON/],
    ['a torn file', '{"schemaVersion": "1.0", ', /is not valid JSON/],
    ['a file of something else', '{"a": 1}', /is not a result of burn/],
    ['a result of a later version', '{"schemaVersion": "9.0"}', /this burn reads 1\.x/],
    ['half a result', '{"schemaVersion": "1.0"}', /is not a whole result/],
    ['no results at all', '[]', /empty list/],
  ]
  test.each(rows)('%s', async (_, text, words) => {
    const home = new Home()
    if (text !== undefined) home.write('r.json', text)
    const args = ['report', 'r.json']
    const { code, stdout, stderr } = await (text === undefined ? home.burn(args) : home.call(args))
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(words)
  })
})

describe('7: local files, before any request', () => {
  const rows: [string, (home: Home) => string[], RegExp][] = [
    [
      '--out below a file',
      (home) => ['--out', `${home.write('file', 'x')}/out`],
      /cannot create file\/out[\s\S]*hint: a part of the path/,
    ],
    ['--out where nothing can be made', () => ['--out', '/proc/burn'], /cannot create \/proc\/burn/],
    [
      '-o in a folder that is not there',
      () => ['-o', 'no/such/result.json'],
      /cannot write no\/such\/result\.json: ENOENT: [a-z ]+\n {2}hint: the folder does not exist/,
    ],
    ['-o that is a folder', (home) => ['-o', home.folder('folder')], /hint: give the path of a file/],
    [
      'a result that lies there already',
      (home) => ['--out', home.write('old/result.json', '{}').slice(0, 3)],
      /already holds result\.json[\s\S]*--overwrite/,
    ],
  ]
  test.each(rows)('%s', async (_, args, words) => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url))
    const { code, stderr } = await home.call(['run', scenario, ...args(home)])
    expect(code).toBe(7)
    expect(stderr).toMatch(words)
    expect(mock.stats().requests).toBe(0)
  })

  test('a folder in use by another run, which goes on', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { load: [{ users: 1, for: '30s' }] }))
    const first = home.start(['run', scenario, ...OUT])
    await eventually(() => mock.stats().requests > 0, 'traffic')
    const second = await home.call(['run', scenario, ...OUT])
    expect(second.code).toBe(7)
    expect(second.stderr).toMatch(new RegExp(`in use by run \\w+ \\(process ${first.process.pid}\\)`))
    first.kill('SIGINT')
    expect((await first.finished).code).toBe(130)
  })

  test('a disk that fills up after the run: the other files are whole, stdout has the result', async () => {
    const home = new Home()
    const mock = await mockFor()
    const args = ['run', home.write('s.json', chat(mock.url)), ...OUT, '--json', '-o', '/dev/full']
    const { code, stdout, stderr } = await home.call(args)
    expect(code).toBe(7)
    expect(stderr).toMatch(/cannot write \/dev\/full[\s\S]*the disk is full/)
    expect(JSON.parse(stdout)).toEqual(home.result())
  })

  test('a report that cannot be written at the end; wins over a failed threshold', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { thresholds: ['response_time p50 < 1us'] }))
    const args = ['run', scenario, ...OUT, '--report', 'junit,md']
    const { code, stderr } = await home.burn(args, { node: breaking(home, 'rename of junit') })
    expect(code).toBe(7)
    expect(stderr).toMatch(/cannot write out\/junit\.xml/)
    expect(home.read('out/report.md')).toMatch(/response_time/)
    expect(home.result()).toMatchObject({ status: 'failed', verdict: 'error', exitCode: 7, exitCodes: [7, 1] })
    expect(home.result().files.map(({ path }: { path: string }) => path)).not.toContain('junit.xml')
    expect(home.files().filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('on a full disk the journal makes room for the result and the reports', async () => {
    const home = new Home()
    const mock = await mockFor()
    const args = ['run', home.write('s.json', chat(mock.url)), ...OUT, '--log', 'all', '--report', 'md']
    const { code, stderr } = await home.burn(args, { node: breaking(home, 'room beside the journal') })
    expect(code).toBe(7)
    expect(stderr).toMatch(/the disk is full: the journal out\/sessions\.jsonl made room for the result \(free some space/)
    expect(home.result()).toMatchObject({ verdict: 'error', exitCodes: [7], totalMessages: 5, successfulMessages: 5 })
    expect(home.result().notes.join()).toMatch(/the journal ends early: the disk was full, and its last \S+ \S+ made room/)
    expect(home.read('out/report.md')).toContain('5 planned, all ok')
    const { entries, tornTail } = readJournal(home.file('out/sessions.jsonl'))
    expect(tornTail).toBe(false)
    expect([...entries].length).toBeGreaterThan(0)
    expect([...entries].length).toBeLessThan(5)
  })

  test('a result that cannot be written is no file of the run; the reports tell of the fault', async () => {
    const home = new Home()
    const mock = await mockFor()
    const args = ['run', home.write('s.json', chat(mock.url)), ...OUT, '--report', 'md']
    const { code, stderr } = await home.burn(args, { node: breaking(home, 'rename of result') })
    expect(code).toBe(7)
    expect(stderr).toMatch(/cannot write out\/result\.json: ENOSPC/)
    expect(stderr).toMatch(/files +out\n +[^\n]*report\.md/)
    expect(stderr).not.toMatch(/files +out\n[^\n]*result\.json/)
    expect(home.read('out/report.md')).toMatch(/cannot write/)
    expect(home.read('out/report.md')).not.toMatch(/^- result\.json/m)
  })
})

describe('130 and 143', () => {
  test.each(
    shareOf([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ]),
  )('%s, and it wins over all else', async (signal, wanted) => {
    const home = new Home()
    const mock = await mockFor({ errorRate: 1 })
    const load = [{ users: 1, for: '60s' }]
    const run = home.start(['run', home.write('s.json', chat(mock.url, { load })), ...OUT])
    await eventually(() => mock.stats().requests > 0, 'traffic')
    run.kill(signal)
    expect((await run.finished).code).toBe(wanted)
    const result = home.result()
    expect(result).toMatchObject({ status: 'aborted', verdict: 'aborted', exitCode: wanted })
    expect(result.exitCodes).toEqual([wanted, 3, 1])
  })

  test('between two scenarios: the second never runs, and that is no pass', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, { name: 'first', load: [{ users: 1, for: '30s' }] }))
    home.write('b.json', chat(mock.url, { name: 'second' }))
    const run = home.start(['run', 'a.json', 'b.json', '--json', '--allow-lag', '60s'])
    closeAfter({ close: async () => void run.process.kill('SIGKILL') })
    await eventually(() => mock.stats().requests > 0, 'traffic')
    run.kill('SIGINT')
    const { code, stdout } = await run.finished
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ scenarioName: 'first', exitCode: 130 })
  })
})
