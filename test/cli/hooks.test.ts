/** `--plugin` with hooks: from the file of the plugin to the figures of the run. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Home, mockFor, OUT, ROOT } from './harness.ts'

const PLUGINS = join(ROOT, 'scenarios', 'plugins')
const SIGN = join(PLUGINS, 'sign.mjs')
const AUDIT = join(PLUGINS, 'audit.mjs')

test('README.md shows the plugin that is tested here', () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`js\n${readFileSync(SIGN, 'utf8')}\`\`\``)
})

test.each([
  ['a message', { message: 'hello' }],
  [
    'a request',
    { request: { method: 'POST', path: '/v1/chat/completions', json: { messages: [{ role: 'user', content: 'hi' }] } } },
  ],
  ['a request without a body', { request: { path: '/health' } }],
])('sign.mjs and audit.mjs: what arrives of %s bears the signature of its body', async (_, step) => {
  const mock = await mockFor()
  const home = new Home()
  home.write('s.json', {
    name: 'signed',
    target: { preset: 'openai-chat', url: `${mock.url}/v1/chat/completions` },
    vars: { requestId: '' },
    load: [{ users: 2, iterations: 3 }],
    steps: [step],
  })
  const { code, stderr } = await home.call(['run', 's.json', '--plugin', SIGN, '--plugin', AUDIT, ...OUT])
  const arrived = mock.log()
  expect(arrived).toHaveLength(3)
  for (const { headers, body } of arrived) {
    const signed = createHmac('sha256', 'only an example').update(`${headers['x-timestamp']}.${body}`).digest('hex')
    expect(headers['x-signature']).toBe(signed)
  }
  expect(stderr).toMatch(/hooks +sign\.mjs beforeSend 3 \(/)
  expect(code, stderr).toBe(0)
  expect(home.result().hooks).toMatchObject([
    { plugin: 'sign.mjs', hook: 'beforeSend', calls: 3, failed: 0 },
    { plugin: 'audit.mjs', hook: 'afterReceive', calls: 3, failed: 0 },
  ])
})

describe('a plugin of hooks', () => {
  const scenario = (url: string) => ({
    name: 'hooked',
    target: { url, headers: { authorization: 'Bearer ${env.TOKEN}' } },
    load: [{ users: 1, iterations: 2 }],
    steps: [{ request: { path: '/health' } }],
  })

  test('prints by `log` what is masked, and made fit for a terminal', async () => {
    const mock = await mockFor()
    const home = new Home()
    home.write('s.json', scenario(mock.url))
    home.write(
      'p.mjs',
      'export default ({ log }) => ({ hooks: { beforeSend: ({ headers }) => log(`\\u001b[2J${headers.authorization}`) } })',
    )
    const { code, stderr } = await home.call(['run', 's.json', '--plugin', 'p.mjs', ...OUT], { env: { TOKEN: 'sekret-sekret' } })
    expect(code).toBe(0)
    expect(stderr).not.toMatch(/sekret|\u001b\[2J/)
    expect(stderr).toContain('Bearer [secret]')
  })

  test('that fails every attempt is no failure of the target', async () => {
    const mock = await mockFor()
    const home = new Home()
    home.write('s.json', scenario(mock.url))
    home.write('p.mjs', "export default { hooks: { beforeSend() { throw new Error('no key') } } }")
    const { code, stderr } = await home.call(['run', 's.json', '--plugin', 'p.mjs', ...OUT], { env: { TOKEN: 'sekret-sekret' } })
    expect(code).toBe(3)
    expect(stderr).toContain('the plugin p.mjs: beforeSend threw: no key')
    expect(mock.log()).toEqual([])
  })

  test('that cannot begin ends the command before anything is sent', async () => {
    const mock = await mockFor()
    const home = new Home()
    home.write('s.json', scenario(mock.url))
    home.write('p.mjs', "export default { hooks: { async initialize() { throw new Error('no key') } } }")
    const { code, stderr } = await home.call(['run', 's.json', '--plugin', 'p.mjs', ...OUT], { env: { TOKEN: 'sekret-sekret' } })
    expect(stderr).toContain('the plugin p.mjs: initialize threw: no key')
    expect([code, mock.log()]).toEqual([7, []])
  })

  test.each([
    ['export default { hooks: { beforesend() {} } }', '`hooks.beforesend`: there is no such hook'],
    ['export default { hooks: [] }', '`hooks` has no hook'],
    ['export default {}', '`protocol` has to be a name'],
    ['export default 7', 'its default export is not a connector, has no `hooks`'],
  ])('%s is refused', async (text, message) => {
    const home = new Home()
    home.write('p.mjs', text)
    const { code, stderr } = await home.call(['run', 'mock:', '--plugin', 'p.mjs'])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

test('one file may hold a protocol and hooks', async () => {
  const home = new Home()
  const lines = readFileSync(join(ROOT, 'test', 'fixtures', 'plugins', 'lines.mjs'), 'utf8')
  const hooks = "hooks: { beforeSend() { throw new Error('not over lines') } },"
  home.write('both.mjs', lines.replace("protocol: 'lines',", `protocol: 'both', ${hooks}`).replace("['lines:']", "['both:']"))
  home.write('s.json', {
    name: 'both',
    target: { url: 'both://127.0.0.1:1' },
    load: [{ users: 1, iterations: 1 }],
    steps: [{ request: { line: 'a' } }],
  })
  const { code, stderr } = await home.burn(['run', 's.json', '--plugin', 'both.mjs', '--no-preflight', ...OUT])
  expect(code).toBe(3)
  expect(stderr).toContain('both.mjs beforeSend 1 (')
  expect(home.result().errors).toMatchObject([
    { class: 'local_hook', sample: 'the plugin both.mjs: beforeSend threw: not over lines' },
  ])
})
