import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CI_FILES, CI_SYSTEMS, type CiSystem, IMAGE_SYSTEMS } from '../../src/templates/ci.ts'
import { CATEGORIES, TYPES, templateNames } from '../../src/templates/index.ts'
import { Home, OUT } from './harness.ts'
import { breaking } from './preloads.ts'

describe('a template', () => {
  test('is written to the folder scenarios, and runs as it is', async () => {
    const home = new Home()
    const made = await home.call(['generate', 'concurrency'])
    expect([made.code, made.stdout]).toEqual([0, 'scenarios/concurrency.yaml\n'])
    expect(made.stderr).toContain('burn run scenarios/concurrency.yaml')
    const ran = await home.call(['run', 'scenarios/concurrency.yaml', '-n', '1', ...OUT])
    expect([ran.code, home.result().totalMessages]).toEqual([0, 2])
  })

  test('may be named by a flag, but by nothing else then', async () => {
    const home = new Home()
    const made = await home.call(['generate', '--template', 'error-recovery'])
    expect([made.code, made.stdout]).toEqual([0, 'scenarios/error-recovery.yaml\n'])
    for (const more of [['smoke'], ['--from', 'curl']]) {
      const { code, stderr } = await home.call(['generate', '--template', 'http', ...more])
      expect([code, stderr]).toEqual([2, expect.stringContaining('--template names the template: nothing else can')])
    }
    expect(home.files()).toEqual(['scenarios/error-recovery.yaml'])
  })

  test('is never written over, unless that is asked for', async () => {
    const home = new Home()
    home.write('scenarios/smoke.yaml', 'mine')
    const refused = await home.call(['generate', 'smoke'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('scenarios/smoke.yaml is there already')
    expect(home.read('scenarios/smoke.yaml')).toBe('mine')
    expect((await home.call(['generate', 'smoke', '--force'])).code).toBe(0)
    expect(home.read('scenarios/smoke.yaml')).toContain('name: smoke')
  })

  test.each([
    [['-o', 'a.json'], 'a.json', true],
    [['-o', 'deep/a.yml'], 'deep/a.yml', false],
    [['-o', 'folder'], 'folder/smoke.yaml', false],
    [['-o', 'folder', '--format', 'json'], 'folder/smoke.json', true],
  ])('%j writes %s', async (args, file, json) => {
    const home = new Home()
    home.folder('deep')
    const { code, stdout } = await home.call(['generate', 'smoke', ...args])
    expect([code, stdout, home.files()]).toEqual([0, `${file}\n`, [file]])
    expect(home.read(file).startsWith('{')).toBe(json)
  })

  test('-o - prints it', async () => {
    const home = new Home()
    const { code, stdout } = await home.call(['generate', 'smoke', '-o', '-', '--preset', 'ollama'])
    expect([code, home.files()]).toEqual([0, []])
    expect(parse(stdout)).toMatchObject({ name: 'smoke', target: { preset: 'ollama', model: 'llama3.2' } })
  })

  test.each([
    [['generate', 'rapid-fir'], 'did you mean rapid-fire?'],
    [['generate', 'smoke', '-t', 'chat'], 'not both'],
    [['generate', 'smoke', '--preset', 'opnai'], 'no such preset'],
    [['generate', 'websocket', '--preset', 'ollama'], 'protocol of its own'],
    [['generate', '-t', 'mixed', '--url', 'ws://127.0.0.1:9/x'], 'several targets, so --url'],
    [['generate', '-t', 'mixed', '--preset', 'ollama'], 'several targets, so --preset'],
    [['generate', 'mixed_protocol_stress', '--model', 'm'], 'several targets, so --model'],
    [['generate', '-t', 'all', '-o', 'a.yaml'], 'name a folder'],
    [['generate', '--from', 'curl'], 'needs a file'],
    [['generate', '-t', 'nothing'], 'Allowed choices'],
    [['generate'], 'no terminal to ask on'],
    [['generate', 'smoke', '--url', 'ftp://x'], 'target.url: no protocol has addresses that begin with ftp://'],
    [['generate', 'smoke', '--url', 'http://x/{{foo}} #c: [', '-o', '-'], 'would be no valid scenario'],
    [['generate', '--ci', 'github', '--url', 'ftp://x'], 'target.url: no protocol'],
  ])('%j is refused', async (args, why) => {
    const home = new Home()
    const { code, stderr } = await home.call(args)
    expect([code, home.files()]).toEqual([2, []])
    expect(stderr).toContain(why)
  })

  test('--yes takes the defaults without a question', async () => {
    const home = new Home()
    expect((await home.call(['generate', '--yes'])).code).toBe(0)
    expect(home.files()).toEqual(['scenarios/conversation-context.yaml'])
  })
})

test('--workload all writes each workload; one is named, and nothing else beside it', async () => {
  const home = new Home()
  const { code, stdout } = await home.call(['generate', '--workload', 'all', '-o', 'made'])
  const names = ['chat', 'code', 'rag', 'reasoning', 'agent']
  expect([code, stdout.trim().split('\n')]).toEqual([0, names.map((name) => `made/workload-${name}.yaml`)])
  expect((await home.call(['generate', '--workload', 'rag', '-o', '-'])).stdout).toBe(
    (await home.call(['generate', 'workload-rag', '-o', '-'])).stdout,
  )
  const both = await home.call(['generate', 'smoke', '--workload', 'rag'])
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--workload, not both')])
})

test('--type all writes a file for each type, and either all or none', async () => {
  const home = new Home()
  expect((await home.call(['generate', '-t', 'all', '-o', 'd', '--format', 'json'])).code).toBe(0)
  const names = Object.values(TYPES).map((name) => `d/${name}.json`)
  expect(home.files()).toEqual(names.sort())
  for (const name of ['websocket_load_test', 'mqtt_burst_test', 'mixed_protocol_stress', 'soak_test_24h']) {
    expect(JSON.parse(home.read(`d/${name}.json`))).toMatchObject({ name })
  }
  expect((await home.call(['validate', '--no-env', 'd/*.json'])).code).toBe(0)
  home.write('e/grpc.json', 'mine')
  expect((await home.call(['generate', '-t', 'all', '-o', 'e', '--format', 'json'])).code).toBe(2)
  expect(home.files().filter((file) => file.startsWith('e/'))).toEqual(['e/grpc.json'])
})

test('--list shows every category, template and preset', async () => {
  const { code, stdout } = await new Home().call(['generate', '--list'])
  expect(code).toBe(0)
  for (const category of CATEGORIES) expect(stdout).toMatch(new RegExp(`^${category}$`, 'm'))
  for (const name of templateNames) expect(stdout).toContain(`\n  ${name} `)
  expect(stdout).toMatch(/rapid-fire .*\(180 messages\)/)
  expect(stdout).toMatch(/anthropic-messages +https:\/\/api\.anthropic\.com\/v1\/messages {2}key: ANTHROPIC_API_KEY/)
  for (const type of Object.keys(TYPES)) expect(stdout).toMatch(new RegExp(`^ {2}${type} +${TYPES[type]}$`, 'm'))
})

/** What burn is installed from. */
const SOURCE = ['--source', 'git+https://git.example/burn.git#"x"']

/** The flags that name a source, for systems that install burn. */
const sourceFor = (system: CiSystem) => (IMAGE_SYSTEMS.includes(system) ? [] : SOURCE)

describe('--ci', () => {
  test.each(CI_SYSTEMS)('%s is written where it belongs, with the scenario that it runs', async (system) => {
    const home = new Home()
    const files = [CI_FILES[system], ...(system === 'pre-commit' ? [] : ['scenarios/smoke.yaml'])]
    const { code, stdout } = await home.call(['generate', '--ci', system, ...sourceFor(system)])
    expect([code, stdout.trimEnd().split('\n'), home.files()]).toEqual([0, files, [...files].sort()])
    for (const named of home.read(files[0] ?? '').match(/(?<=burn run )[\w./-]+/g) ?? []) expect(home.files()).toContain(named)
    if (system !== 'pre-commit') expect((await home.call(['validate', 'scenarios/smoke.yaml'])).code).toBe(0)
  })

  test('a smoke test of your own stays, and no pipeline is written over', async () => {
    const home = new Home()
    home.write('scenarios/smoke.yaml', 'mine')
    expect(await home.call(['generate', '--ci', 'github'])).toMatchObject({ code: 0, stdout: `${CI_FILES.github}\n` })
    expect(home.read('scenarios/smoke.yaml')).toBe('mine')
    expect(await home.call(['generate', '--ci', 'github'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there already'),
    })
  })

  test.each(CI_SYSTEMS.filter((system) => system !== 'docker'))('%s prints a file that holds what it says', async (system) => {
    const { code, stdout } = await new Home().call(['generate', '--ci', system, ...sourceFor(system), '-o', '-'])
    expect(code).toBe(0)
    expect(stdout.startsWith(`# ${CI_FILES[system]}`)).toBe(true)
    expect(stdout).toMatch(/burn validate --no-env/)
    expect(parse(stdout)).toBeTypeOf('object')
  })

  test('burn comes from the source that was named, else from a variable; the hook has no variables', async () => {
    const recipe = async (...flags: string[]) => parse((await new Home().call(['generate', '--ci', ...flags, '-o', '-'])).stdout)
    expect((await recipe('github', ...SOURCE)).env.BURN_SOURCE).toBe(SOURCE[1])
    expect((await recipe('github')).env.BURN_SOURCE).toBe('${{ vars.BURN_SOURCE }}')
    expect((await recipe('gitlab', ...SOURCE)).variables.BURN_SOURCE).toBe(SOURCE[1])
    expect((await recipe('gitlab')).variables).toBeUndefined()
    const line = (await recipe('gitlab')).smoke.script[0]
    expect(line).toMatch(/^npx --yes --package "\$\{BURN_SOURCE:\?.*\}" burn run/)
    expect((await recipe('github')).jobs.smoke.steps[2].run).toBe(line)
    // As a job runs it whose project lacks the variable.
    const { status, stderr } = spawnSync('/bin/sh', ['-e', '-c', line], { env: { PATH: '/nowhere' }, encoding: 'utf8' })
    expect([status, stderr]).toEqual([expect.any(Number), expect.stringMatching(/BURN_SOURCE: says what npm installs burn from/)])
    expect(status).not.toBe(0)
    expect((await recipe('pre-commit', ...SOURCE)).repos[0].hooks[0]).toMatchObject({
      additional_dependencies: [SOURCE[1]],
      language_version: 'lts',
    })
    const without = await new Home().call(['generate', '--ci', 'pre-commit'])
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--source git+https://')])
  })

  test.each([
    ['--ci', 'gitlab', '--source', 'https://ann:geheim9@h/burn.tgz'],
    ['--ci', 'pre-commit', '--source', 'git+https://geheim9@h/burn.git'],
    ['smoke', '--url', 'https://h/x?api_key=geheim9'],
  ])('no credentials are written: %s %s %s', async (...words) => {
    const { code, stdout, stderr } = await new Home().call(['generate', ...words, '-o', '-'])
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('would be written into the file')])
    expect(stderr).not.toContain('geheim9')
  })

  test('generated YAML names the schema for editors, and says how to get it', async () => {
    const home = new Home()
    const { stderr } = await home.call(['generate', 'smoke'])
    expect(home.read('scenarios/smoke.yaml')).toMatch(/^# yaml-language-server: \$schema=burn\.schema\.json\n# .*[.?]\n/)
    expect(stderr).toContain('for editors: burn schema > scenarios/burn.schema.json\n')
    expect((await home.call(['generate', 'smoke', '-o', '-'])).stdout).not.toContain('yaml-language-server')
  })

  test('github validates first, runs the smoke test, and keeps its files whatever comes of it', async () => {
    const { stdout } = await new Home().call(['generate', '--ci', 'github', '-o', '-'])
    const { jobs } = parse(stdout)
    expect(jobs.smoke.needs).toBe('validate')
    expect(jobs.smoke.steps[2].run).toMatch(/burn run scenarios\/smoke\.yaml --out burn-smoke --report junit,md$/)
    expect(jobs.smoke.steps.slice(3).map((step: { if: string }) => step.if)).toEqual(['always()'])
  })

  test.each(IMAGE_SYSTEMS)('%s runs an image, and takes no source', async (system) => {
    const { code, stderr } = await new Home().call(['generate', '--ci', system, ...SOURCE])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--ci docker')])
  })

  test('a load in shards: each part knows its number, and what is merged is what the parts wrote', async () => {
    const recipe = async (system: string) => parse((await new Home().call(['generate', '--ci', system, '-o', '-'])).stdout)
    const job = (await recipe('k8s-job')).spec
    const [{ args, env }] = job.template.spec.containers
    expect([job.completionMode, job.backoffLimit, job.completions, job.parallelism]).toEqual(['Indexed', 0, 8, 8])
    expect(env).toContainEqual({ name: 'BURN_SHARD_TOTAL', value: String(job.completions) })
    expect(args).toEqual(expect.arrayContaining(['--shard', 'auto', '--result-to-stdout']))
    const [load, shard] = (await recipe('argo')).spec.templates
    expect(shard.container.args).toContain(`--shard={{inputs.parameters.number}}/${load.steps[0][0].withSequence.count}`)
    const { jobs } = await recipe('gha-matrix')
    expect([jobs.merge.needs, jobs.shard.strategy['fail-fast'], jobs.shard.steps[2].run]).toEqual([
      'shard',
      false,
      expect.stringContaining('--shard ${{ matrix.shard }}/${{ strategy.job-total }}'),
    ])
    const gitlab = await recipe('gitlab-parallel')
    expect([gitlab.shard.parallel, gitlab.merge.when]).toEqual([4, 'always'])
  })

  test('gitlab keeps the JUnit report of a failed job', async () => {
    const { stdout } = await new Home().call(['generate', '--ci', 'gitlab', '-o', '-'])
    expect(parse(stdout).smoke.artifacts).toEqual({
      when: 'always',
      paths: ['burn-smoke/'],
      reports: { junit: 'burn-smoke/junit.xml' },
    })
  })

  test.each([
    ['scenarios/chat.yaml', true],
    ['a/b/load/x.json', true],
    ['chat.burn.yml', true],
    ['src/chat.yaml', false],
    ['scenarios/data.csv', false],
  ])('the hook looks at %s: %s', async (file, looks) => {
    const { stdout } = await new Home().call(['generate', '--ci', 'pre-commit', ...SOURCE, '-o', '-'])
    expect(new RegExp(parse(stdout).repos[0].hooks[0].files).test(file)).toBe(looks)
  })

  test('-o writes it, and not over another', async () => {
    const home = new Home()
    const args = ['generate', '--ci', 'github', '-o', '.github/workflows/burn.yml']
    expect((await home.call(args)).code).toBe(0)
    expect(home.files()).toEqual(['.github/workflows/burn.yml', 'scenarios/smoke.yaml'])
    expect((await home.call(args)).code).toBe(2)
  })
})

test('--from curl writes a scenario', async () => {
  const home = new Home()
  home.write('c.sh', `curl https://h.example/chat -H 'X-Api-Key: abcdef123456' --json '{"message":"Hi"}'`)
  const { code, stdout, stderr } = await home.call(['generate', '--from', 'curl', 'c.sh'])
  expect([code, stdout]).toEqual([0, 'scenarios/imported-from-curl.yaml\n'])
  expect(stderr).toContain('set the environment variable TARGET_API_KEY')
  expect(home.read('scenarios/imported-from-curl.yaml')).not.toContain('abcdef123456')
})

test.each([[['spike']], [['spike', '-o', 'a/b']], [['--ci', 'github']]])(
  '%j on a read-only disk says that it is',
  async (args) => {
    const home = new Home()
    const { code, stderr } = await home.burn(['generate', ...args], { node: breaking(home, 'making folders') })
    expect(code).toBe(7)
    expect(stderr).toMatch(/^burn: cannot make the folder [^\n]*EROFS[^\n]*\n {2}hint: the file system is read-only/)
  },
)
