/** What is different in a workflow of GitHub, and that the README shows what is printed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chat, Home, mockFor, OUT, ROOT } from './harness.ts'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

test('the README shows what burn validate says of a typing error in its example', async () => {
  const [, example = ''] = /```yaml\n(name: support-chat\n[\s\S]*?)```/.exec(readme) ?? []
  const [, shown] = /```console\n\$ npx burn validate chat\.yaml\n([\s\S]*?)```/.exec(readme) ?? []
  const home = new Home()
  home.write('chat.yaml', example.replace('message:', 'mesage:'))
  const { code, stdout } = await home.call(['validate', 'chat.yaml'], { env: { API_KEY: 'not-a-real-key' } })
  expect([code, stdout]).toEqual([2, shown])
  home.write('chat.yaml', example)
  expect((await home.call(['validate', 'chat.yaml'], { env: { API_KEY: 'not-a-real-key' } })).code).toBe(0)
})

test.each([
  [{ GITHUB_ACTIONS: 'true' }, [], /^::error file=s\.json,line=1,/],
  [{ GITHUB_ACTIONS: 'true' }, ['--format', 'text'], /^s\.json:1:\d+: error/],
  [{}, [], /^s\.json:1:\d+: error/],
] as const)('validate with %j and %j', async (env, flags, words) => {
  const home = new Home()
  home.write('s.json', chat('mock:', { lod: [] }))
  expect((await home.call(['validate', 's.json', ...flags], { env })).stdout).toMatch(words)
})

test('run: an error with the name of each failed threshold, in a workflow only', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { thresholds: ['response_time p50 < 1us', 'errors ratio < 1%'] }))
  const run = (out: string, env: Record<string, string>) =>
    home.call(['run', 's.json', '--out', out, '--allow-lag', '60s', '--json', '-q'], { env })
  const { code, stdout, stderr } = await run('a', { GITHUB_ACTIONS: 'true' })
  expect([code, JSON.parse(stdout).verdict]).toEqual([1, 'failed'])
  const lines = stderr.split('\n').filter((line) => line.startsWith('::error'))
  expect(lines).toEqual([expect.stringMatching(/^::error file=s\.json,title=response_time p50 < 1us::response_time p50 was /)])
  expect((await run('b', {})).stderr).not.toContain('::error')
})

test('validate and run add to the summary of the job, without secrets', async () => {
  const home = new Home()
  const mock = await mockFor()
  const auth = { type: 'bearer', token: '${env.API_TOKEN}' }
  home.write('good.json', chat(mock.url, {}, { auth }))
  home.write('bad.json', chat(mock.url, { 'a|b': [] }))
  const env = { GITHUB_STEP_SUMMARY: home.file('summary.md'), API_TOKEN: 'secret-token-123' }
  expect((await home.call(['validate', 'good.json', 'bad.json'], { env })).code).toBe(2)
  expect((await home.call(['run', 'good.json', ...OUT, '--report', 'md'], { env })).code).toBe(0)
  const summary = home.read('summary.md')
  expect(summary).toMatch(/^## burn validate: 2 files: 1 error, \d warnings?\n\n\| \| place \|/)
  expect(summary).toMatch(/\| error \| bad\.json:1:\d+ \| E_UNKNOWN_KEY \| unknown key "a\\\|b"/)
  expect(summary).toContain(home.read('out/report.md').trimEnd())
  expect(summary).not.toContain('secret-token-123')
})

test('a summary that cannot be written changes no verdict', async () => {
  const home = new Home()
  home.write('s.json', chat('mock:'))
  const { code, stderr } = await home.call(['validate', 's.json'], { env: { GITHUB_STEP_SUMMARY: home.file('none/summary.md') } })
  expect(code).toBe(0)
  expect(stderr).toContain('warning: the summary of the job could not be written')
})
