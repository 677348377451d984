import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Home, mockFor, OUT, ROOT } from './harness.ts'

const FIXTURES = join(ROOT, 'test', 'fixtures', 'foreign')

function homeWith(name: string): Home {
  const home = new Home()
  copyFileSync(join(FIXTURES, name), home.file(name))
  return home
}

test('the result goes to stdout, what is not the same to stderr and into the file', async () => {
  const home = homeWith('mobile_sync_stress.json')
  const { code, stdout, stderr } = await home.burn(['convert', 'mobile_sync_stress.json'])
  expect(code).toBe(0)
  expect(parse(stdout)).toMatchObject({ name: 'Mobile Sync Stress Test', target: { protocol: 'websocket' } })
  expect(stdout).toContain('# Converted from Stream Testbench.')
  expect(stdout).toContain('# - colour has no equivalent here, and was left out')
  expect(stderr).toContain('note: colour has no equivalent here, and was left out')
  expect(stdout + stderr).not.toContain('very-secret')
})

test('-o writes a file that is valid, in the format that its name says, and not over another', async () => {
  const home = homeWith('krawall.yaml')
  expect((await home.burn(['convert', 'krawall.yaml', '-o', 'out/k.json'])).code).toBe(0)
  expect(JSON.parse(home.read('out/k.json'))).toMatchObject({ name: 'Support escalation' })
  expect((await home.burn(['validate', '--no-env', 'out/k.json'])).code).toBe(0)
  expect((await home.burn(['convert', 'krawall.yaml', '-o', 'out/k.json'])).code).toBe(2)
  expect((await home.burn(['convert', 'krawall.yaml', '-o', 'out/k.json', '--force'])).code).toBe(0)
})

test('what was converted runs', async () => {
  const mock = await mockFor()
  const home = new Home()
  home.write('s.json', {
    name: 'h',
    protocol: 'HTTP',
    endpoint: `${mock.url}/echo`,
    duration_seconds: 5,
    rates: { messagesPerSecond: 2 },
  })
  expect((await home.burn(['convert', 's.json', '-o', 's.yaml'])).code).toBe(0)
  const { code } = await home.burn(['run', 's.yaml', '-n', '4', ...OUT])
  expect([code, mock.stats().requests]).toEqual([0, 4])
})

test('several scenarios go to a folder', async () => {
  const home = new Home()
  const one = { endpoint: 'ws://h/ws', duration_seconds: 5 }
  home.write('all.json', [
    { name: 'a b', ...one },
    { name: 'c', ...one },
  ])
  expect((await home.burn(['convert', 'all.json'])).stderr).toContain('name a folder')
  const { code, stdout } = await home.burn(['convert', 'all.json', '-o', 'd'])
  expect([code, stdout]).toEqual([0, 'd/a-b.yaml\nd/c.yaml\n'])
})

test('standard input is read, and the kind can be named', async () => {
  const { code, stdout } = await new Home().burn(['convert', '-', '--from', 'curl', '--format', 'json'], {
    stdin: 'curl http://h/a',
  })
  expect(code).toBe(0)
  expect(JSON.parse(stdout).steps).toEqual([{ request: { method: 'GET', path: '/a' }, name: 'a' }])
})

test.each([
  ['no kind that is known', 'name: x\nfoo: 1\n', []],
  ['this is not har', 'curl http://h', ['--from', 'har']],
  ['reads a file', 'curl http://h -d @body', []],
  ['no operations', '{"openapi":"3.1.0","paths":{}}', []],
])('%s: exit 2, and nothing on stdout', async (why, text, args) => {
  const home = new Home()
  home.write('in.txt', text)
  const { code, stdout, stderr } = await home.burn(['convert', 'in.txt', ...args])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(why)
})

test('a result that still needs a hand says so: exit 2', async () => {
  const home = new Home()
  home.write('k.yaml', { name: 'n', flowConfig: [{ id: 'a', type: 'dance', config: {} }] })
  const { code, stderr } = await home.burn(['convert', 'k.yaml', '-o', 'out.yaml'])
  expect(code).toBe(2)
  expect(stderr).toContain('note: steps.0.type dance is not known, and was left out')
  expect(stderr).toContain('to do: ')
  expect(home.files()).toContain('out.yaml')
})
