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

  test('that uses console prints on stderr and masked as well: stdout is that of the command', async () => {
    const mock = await mockFor()
    const home = new Home()
    home.write('s.json', scenario(mock.url))
    home.write('p.mjs', 'export default { hooks: { beforeSend: ({ headers }) => console.log(headers) } }')
    const run = ['run', 's.json', '--json', '--plugin', 'p.mjs', ...OUT]
    const { stdout, stderr } = await home.burn(run, { env: { TOKEN: 'sekret-sekret' } })
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'passed' })
    expect(stderr).toContain("authorization: 'Bearer [secret]'")
    expect(stdout + stderr).not.toContain('sekret')
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

describe('`plugins` of a scenario', () => {
  const MARK = "import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', '')\nexport default { hooks: { beforeSend() {} } }"
  const home = () => {
    const own = new Home()
    own.write('own.mjs', MARK)
    own.write('s.json', {
      name: 'own',
      target: { url: 'mock:', preset: 'openai-chat' },
      plugins: ['own.mjs'],
      steps: [{ message: 'hi' }],
    })
    return own
  }
  const ran = (own: Home) => own.files().includes('ran')

  test.each([
    ['run', [...OUT]],
    ['ping', []],
    ['compare', ['--target', 'a,b', ...OUT]],
    ['compare', ['s.json', ...OUT]],
  ])('%s refuses them unless they are allowed: none of their code runs', async (command, more) => {
    const own = home()
    if (more.includes('a,b'))
      own.write('s.json', {
        ...JSON.parse(own.read('s.json')),
        target: undefined,
        targets: { a: { url: 'mock:', preset: 'openai-chat' }, b: { url: 'mock:', preset: 'openai-chat' } },
      })
    const { code, stderr } = await own.call([command, 's.json', ...more])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/s\.json names plugins \(own\.mjs\): they are code[\s\S]*--allow-plugins/),
    ])
    expect(ran(own)).toBe(false)
  })

  test.each([['validate'], ['plan'], ['run', '--show-config']])('%s looks at them without running them', async (...args) => {
    const own = home()
    expect((await own.call([...args, 's.json'])).code).toBe(0)
    expect(ran(own)).toBe(false)
  })

  test.each([
    ['--allow-plugins', ['--allow-plugins']],
    ['--plugin with the file', ['--plugin', 'own.mjs']],
    ['both, each hook once', ['--plugin', './own.mjs', '--allow-plugins']],
  ])('%s allows them', async (_, flags) => {
    const own = home()
    const { code, stderr } = await own.call(['run', 's.json', ...flags, ...OUT])
    expect(code, stderr).toBe(0)
    expect(own.result().hooks).toMatchObject([{ plugin: 'own.mjs', hook: 'beforeSend', calls: 1 }])
  })

  test('belong to their scenario, and to no other of the same command', async () => {
    const own = home()
    own.write('t.json', { ...JSON.parse(own.read('s.json')), name: 'other', plugins: [] })
    await own.call(['run', 's.json', 't.json', '--allow-plugins', '--json'])
    const folders = own.files().filter((file) => file.endsWith('result.json'))
    const called = folders
      .map((file) => JSON.parse(own.read(file)))
      .filter(({ hooks }) => hooks !== undefined)
      .map(({ scenarioName }) => scenarioName)
    expect([folders.length, called]).toEqual([2, ['own']])
  })

  test.each([
    ['none.mjs', 'none.mjs is not there'],
    ['../out.mjs', 'lies outside of the folder of the scenario'],
    ['.', 'lies outside of the folder of the scenario'],
  ])('%s is an error at its place', async (name, message) => {
    const own = home()
    own.write('sub/s.json', { ...JSON.parse(own.read('s.json')), plugins: [name] })
    own.write('out.mjs', MARK)
    const { code, stdout } = await own.call(['validate', 'sub/s.json'])
    expect([code, stdout]).toEqual([2, expect.stringContaining(message)])
    expect(stdout).toMatch(/sub\/s\.json:1:\d+/)
  })

  test('that bring a protocol say that only --plugin can', async () => {
    const own = home()
    own.write('own.mjs', "export default { protocol: 'own', hooks: { beforeSend() {} } }")
    const { code, stderr } = await own.call(['run', 's.json', '--allow-plugins', ...OUT])
    expect([code, stderr]).toEqual([2, expect.stringContaining('it brings the protocol own, which only --plugin can add')])
  })
})

test('scenarios/hooks.yaml runs as it says', async () => {
  const { code, stderr } = await new Home().call([
    'run',
    join(ROOT, 'scenarios', 'hooks.yaml'),
    '--allow-plugins',
    '--set',
    'load.0.for=300ms',
    '--allow-lag',
    '60s',
    ...OUT,
  ])
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/sign\.mjs beforeSend[\s\S]*audit\.mjs\s+afterReceive/)
})
