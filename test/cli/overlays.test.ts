import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { environmentOf } from '../../src/cli/load/env-file.ts'
import type { Result } from '../../src/result/schema.ts'
import { chat, Home, mockFor, OUT } from './harness.ts'

const LAG = ['--allow-lag', '60s'] as const

describe('--profile and --environment', () => {
  const own = {
    profiles: { night: { load: [{ iterations: 3, users: 1 }], tags: { size: 'night' } } },
    environments: { prod: { tags: { size: 'file', where: 'prod' }, seed: 'of-prod' } },
  }

  test('flags over variables over profile over environment over file', async () => {
    const home = new Home()
    home.write('a.json', chat('http://127.0.0.1:1', { ...own, tags: { size: 'file' }, seed: 'of-file' }))
    const args = ['run', 'a.json', '--profile', 'night', '--env', 'prod', '--show-config']
    const plain = parse((await home.call(args)).stdout)
    expect(plain).toMatchObject({ seed: 'of-prod', tags: { size: 'night', where: 'prod' }, load: [{ iterations: 3, users: 1 }] })
    expect(plain).not.toHaveProperty('profiles')
    const env = { BURN_SEED: 'of-env', BURN_DURATION: '9' }
    const { stdout } = await home.call([...args, '-d', '4s'], { env })
    expect(parse(stdout)).toMatchObject({ seed: 'of-env', load: [{ iterations: 3, users: 1, for: '4s' }] })
    expect(stdout).toContain('# seed: env BURN_SEED, then environment prod, then a.json')
    expect(stdout).toContain('# load: flag --duration, then profile night, then a.json')
    expect(stdout).toContain('# tags: profile night, then environment prod, then a.json')
    expect(stdout).toContain('# steps: a.json')
  })

  test('a variable chooses as a flag does, and a built-in profile is one', async () => {
    const home = new Home()
    home.write('a.json', chat('http://127.0.0.1:1', own))
    const env = { BURN_PROFILE: 'quick', BURN_ENVIRONMENT: 'prod' }
    const { stdout } = await home.call(['run', 'a.json', '--show-config'], { env })
    expect(parse(stdout)).toMatchObject({ seed: 'of-prod', load: [{ users: 10, for: '30s' }] })
    expect(stdout).toContain('# load: profile quick, then a.json')
  })

  test('the run is the one that was chosen', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, own))
    const { code } = await home.call(['run', 'a.json', '--profile', 'night', ...OUT, '--quiet'])
    expect(code).toBe(0)
    expect(home.result().iterations.planned).toBe(3)
  })

  test('a name that is none: exit 2, and the nearest', async () => {
    const home = new Home()
    home.write('a.json', chat('http://127.0.0.1:1', own))
    const { code, stderr } = await home.call(['run', 'a.json', '--profile', 'nite'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is no profile "nite"')
    expect(stderr).toContain('profiles: night, smoke, quick')
  })

  test('validate looks at all of them, and asks for no variables of theirs', async () => {
    const home = new Home()
    home.write(
      'good.json',
      chat('mock:', { environments: { prod: { target: { auth: { type: 'bearer', token: '${env.NOT_SET}' } } } } }),
    )
    home.write('bad.json', chat('mock:', { profiles: { x: { lod: [] } } }))
    expect((await home.call(['validate', 'good.json'])).code).toBe(0)
    const { code, stdout } = await home.call(['validate', 'bad.json'])
    expect(code).toBe(2)
    expect(stdout).toContain('unknown key "lod"')
  })
})

describe.each(['--vars-file', '--env-file'])('%s', (flag) => {
  const scenario = (url: string) => chat(url, {}, { auth: { type: 'bearer', token: '${env.API_TOKEN}' }, model: '${env.MODEL}' })

  test('comments, quotes and export are understood; the process wins; its secrets are masked', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', scenario(mock.url))
    home.write('.env', '# keys\nexport API_TOKEN="from-file-123"  # the token\nMODEL=from-file\n')
    const env = { MODEL: 'from-process' }
    // As a process: Node reads --env-file, too.
    const shown = await home.burn(['run', flag, '.env', 'a.json', '--show-config'], { env })
    expect(parse(shown.stdout).target).toMatchObject({ model: 'from-process', auth: { token: '[secret]' } })
    const { code, stdout, stderr } = await home.call(['run', flag, '.env', 'a.json', ...OUT, '--json'], { env })
    expect(code).toBe(0)
    const log = await (await fetch(`${mock.url}/__mock/log`)).text()
    expect(log).toContain('Bearer from-file-123')
    expect(stdout + stderr + home.read('out/result.json')).not.toContain('from-file-123')
  })

  test('of several files the last one wins; one that is not there is refused', async () => {
    const home = new Home()
    home.write('a.json', scenario('http://127.0.0.1:1'))
    home.write('one.env', 'MODEL=one\nAPI_TOKEN=123456789\n')
    home.write('two.env', 'MODEL=two\n')
    const both = ['run', 'a.json', flag, 'one.env', flag, 'two.env', '--show-config']
    expect(parse((await home.call(both)).stdout).target.model).toBe('two')
    expect(() => environmentOf([home.file('three.env')])).toThrow(/--vars-file .*three.env: there is no such file/)
    const { code, stderr } = await home.burn(['run', 'a.json', flag, 'three.env'])
    // Node looks for --env-file in the whole command line, and refuses a missing file itself, before burn begins.
    expect(flag === '--vars-file' ? [2] : [2, 9]).toContain(code)
    expect(stderr).toMatch(flag === '--vars-file' ? /^burn: --vars-file three\.env: there is no such file/ : /three\.env/)
  })
})

describe('several targets', () => {
  const batch = (url: string, own: Readonly<Record<string, unknown>> = {}) => {
    const target = { preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' }
    return {
      name: 'batch',
      targets: { a: target, b: target, c: target },
      load: [{ iterations: 2 }],
      steps: [{ message: 'hi' }],
      ...own,
    }
  }

  test('one run for each, under the same seed, and a table', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', batch(mock.url))
    const { code, stdout, stderr } = await home.call(['run', 'a.json', '--json', ...LAG])
    const results: Result[] = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(results.map(({ scenarioName }) => scenarioName)).toEqual(['batch-a', 'batch-b', 'batch-c'])
    expect(results.map(({ target }) => target.map(({ name }) => name))).toEqual([['a'], ['b'], ['c']])
    expect(new Set(results.map(({ seed }) => seed)).size).toBe(1)
    expect(
      readdirSync(home.file('burn-results'))
        .map((name) => name.replace(/-\d{8}.*/, ''))
        .sort(),
    ).toEqual(['batch-a', 'batch-b', 'batch-c'])
    const table = stderr.slice(stderr.lastIndexOf('verdict'))
    for (const { scenarioName } of results) expect(table).toMatch(new RegExp(`^ +\\d=? +${scenarioName} +passed +2 +0%`, 'm'))
  })

  test('--target chooses', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', batch(mock.url))
    const one = await home.call(['run', 'a.json', '--target', 'b', ...OUT, '--quiet'])
    expect(one.code).toBe(0)
    expect(home.result().scenarioName).toBe('batch-b')
    const two = await home.call(['run', 'a.json', '--target', 'c,a', '--json', ...LAG])
    expect((JSON.parse(two.stdout) as Result[]).map(({ scenarioName }) => scenarioName)).toEqual(['batch-c', 'batch-a'])
  })

  test('the worst of them is the exit code', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = batch(mock.url)
    home.write('a.json', {
      ...scenario,
      targets: { ...scenario.targets, c: { ...scenario.targets.c, url: `${mock.url}/nowhere` } },
    })
    const { code, stderr } = await home.call(['run', 'a.json', ...LAG])
    expect(code).toBe(3)
    expect(stderr.slice(stderr.lastIndexOf('verdict'))).toMatch(/batch-c +could not test/)
  })

  test('steps that name their targets make one run', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write(
      'a.json',
      batch(mock.url, {
        steps: [
          { message: 'hi', target: 'a' },
          { message: 'hi', target: 'b' },
        ],
      }),
    )
    const { code } = await home.call(['run', 'a.json', ...OUT, '--quiet'])
    expect(code).toBe(0)
    expect(home.result()).toMatchObject({ scenarioName: 'batch', totalMessages: 4 })
  })

  test.each([
    [['--target', 'd'], {}, '--target d: there is no such target'],
    [['--target', 'a'], { steps: [{ message: 'hi', target: 'a' }] }, 'the steps of this scenario name their targets'],
  ])('%j is refused before anything is sent', async (flags, own, why) => {
    const home = new Home()
    home.write('a.json', batch('http://127.0.0.1:1', own))
    const { code, stderr } = await home.call(['run', 'a.json', ...flags])
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(home.files()).toEqual(['a.json'])
  })
})
