/** `burn convert --anonymize`: a file that passes validation and runs, or an error and no file. */
import { expect, test } from 'vitest'
import { tracesOfEachFormat } from '../../load/trace/samples.ts'
import { Home, mockFor, OUT } from '../harness.ts'

const scenario = (url: string, phase: object) => ({
  name: 't',
  target: { preset: 'openai-chat', url, model: 'm' },
  load: [{ speed: 10_000, ...phase }],
  steps: [{ message: '{{trace.prompt}}' }],
})

test.each(tracesOfEachFormat())('$format: what is written is valid, and holds none of the texts', async (sample) => {
  const home = new Home()
  home.write('in.txt', sample.text)
  home.write('s.json', scenario('http://127.0.0.1/', { trace: 'out.jsonl' }))
  const rate = sample.ratePerSecond === undefined ? [] : ['--rate', `${sample.ratePerSecond}/s`]
  const args = ['convert', 'in.txt', '--anonymize', '--from', sample.format, ...rate]
  const { code, stdout, stderr } = await home.call([...args, '-o', 'out.jsonl'])
  expect([code, stdout]).toEqual([0, 'out.jsonl\n'])
  expect(stderr).toMatch(new RegExp(`^note: [345] requests.* of format ${sample.format}`))
  const text = home.read('out.jsonl')
  for (const secret of sample.secrets) expect(text + stderr).not.toContain(secret)
  const checked = await home.call(['validate', 's.json', '--format', 'json'])
  expect([checked.code, JSON.parse(checked.stdout).errors]).toEqual([0, 0])
  expect(await home.call([...args, '-q'])).toMatchObject({ code: 0, stdout: text, stderr: '' })
})

test('a run of it makes as many requests as there were rows', async () => {
  const mock = await mockFor()
  const home = new Home()
  const rows = [0, 1, 2, 3, 4, 5].map((at) => ({ atMs: at * 1000, session: `user ${at % 2}`, prompt: 'Hello there' }))
  home.write('in.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`)
  home.write('s.json', scenario(`${mock.url}/v1`, { trace: 'out.jsonl' }))
  expect((await home.call(['convert', 'in.jsonl', '--anonymize', '-o', 'out.jsonl'])).code).toBe(0)
  const { code } = await home.call(['run', 's.json', '-q', ...OUT])
  expect([code, mock.stats().requests, home.result().iterations.completed]).toEqual([0, 6, 6])
})

test('a malformed row: its line, exit code 2, and nothing written or printed', async () => {
  const home = new Home()
  home.write('in.jsonl', `${'{"atMs": 0}\n'.repeat(20_000)}{"atMs": 1\n`)
  const before = home.files()
  for (const output of [[], ['-o', 'out.jsonl']]) {
    const { code, stdout, stderr } = await home.call(['convert', 'in.jsonl', '--anonymize', ...output])
    expect([code, stdout, home.files()]).toEqual([2, '', before])
    expect(stderr).toContain('in.jsonl:20001: this is not JSON')
  }
})

test('a file that is there is written over with --force alone', async () => {
  const home = new Home()
  home.write('in.jsonl', '{"atMs": 9}\n')
  home.write('out.jsonl', 'mine')
  const args = ['convert', 'in.jsonl', '--anonymize', '-o', 'out.jsonl']
  const { code, stderr } = await home.call(args)
  expect([code, home.read('out.jsonl')]).toEqual([2, 'mine'])
  expect(stderr).toContain('out.jsonl is there already')
  expect((await home.call([...args, '--force'])).code).toBe(0)
  expect(home.read('out.jsonl')).toBe('{"atMs":0}\n')
})

test.each([
  ['sharegpt has no times', ['s.json', '--anonymize']],
  ['have times: leave out --rate', ['m.jsonl', '--anonymize', '--rate', '2/s']],
  ['--rate fast: expected a rate', ['s.json', '--anonymize', '--rate', 'fast']],
  ['no.jsonl: there is no such file', ['no.jsonl', '--anonymize']],
  ['cannot come from standard input', ['-', '--anonymize']],
  ['no known format has rows', ['other.jsonl', '--anonymize']],
  ['there are no requests in the file', ['none.json', '--anonymize', '--rate', '2/s']],
  ['--anonymize is for traces, not for har', ['m.jsonl', '--anonymize', '--from', 'har']],
  ['--format is for scenarios', ['m.jsonl', '--anonymize', '--format', 'json']],
  ['is a trace, and becomes no scenario', ['m.jsonl', '--from', 'mooncake']],
  ['--rate is for --anonymize', ['m.jsonl', '--rate', '2/s']],
])('%s: exit code 2, and no file', async (why, args) => {
  const home = new Home()
  home.write('s.json', [{ conversations: [{ from: 'human', value: 'Hello' }] }])
  home.write('none.json', [{ conversations: [{ from: 'gpt', value: 'Hello' }] }])
  home.write('m.jsonl', { timestamp: 5, input_length: 3 })
  home.write('other.jsonl', { a: 1 })
  const before = home.files()
  const { code, stderr } = await home.call(['convert', ...args, '-o', 'out.jsonl'])
  expect([code, home.files()]).toEqual([2, before])
  expect(stderr).toContain(why)
})
