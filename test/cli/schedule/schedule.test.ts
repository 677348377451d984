import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { cronTimes } from '../../../src/cli/schedule/times.ts'
import { unitText } from '../../../src/cli/schedule/units.ts'
import { chat, eventually, Home, mockFor } from '../harness.ts'

async function home() {
  const place = new Home()
  const mock = await mockFor()
  place.write('s.json', chat(mock.url, { load: [{ users: 1, iterations: 1 }] }))
  return { place, mock }
}

const EVERY_SECOND = '* * * * * *'

describe('burn schedule', () => {
  test('starts each run as a process of its own, and ends with the worst exit code', async () => {
    const { place } = await home()
    const { code, stderr } = await place.burn([
      'schedule',
      's.json',
      '--cron',
      EVERY_SECOND,
      '--max-runs',
      '2',
      '--',
      '-t',
      'ttft p95 < 1us',
      '--allow-lag',
      '60s',
    ])
    expect(code, stderr).toBe(1)
    expect(stderr).toMatch(/schedule: next run .+\n/)
    expect(stderr.match(/schedule: run \d ended with exit code 1/g)).toHaveLength(2)
    expect(place.files().filter((name) => /^burn-results\/.+\/result\.json$/.test(name))).toHaveLength(2)
  })

  test('a signal ends the run under way, its files written', async () => {
    const { place } = await home()
    const running = place.start([
      'schedule',
      's.json',
      '--cron',
      EVERY_SECOND,
      '--max-runs',
      '1',
      '--',
      '-c',
      '1',
      '-d',
      '60',
      '--out',
      'out',
    ])
    await eventually(() => place.files().includes('out/sessions.jsonl'), 'the files of a run')
    running.kill('SIGINT')
    expect((await running.finished).code).toBe(130)
    expect(place.result().exitCode).toBe(130)
  })

  test('between runs, a signal ends it at once', async () => {
    const { place } = await home()
    const running = place.start(['schedule', 's.json', '--cron', '0 0 1 1 *'])
    await running.until(({ stderr }) => stderr.includes('next run'))
    running.kill('SIGTERM')
    expect((await running.finished).code).toBe(143)
  })

  test.each([
    [['nowhere.json'], 'nowhere.json'],
    [['s.json', '--', '--rate', 'fast'], 'flag --rate: expected a rate'],
    [['s.json', '--', '--no-such-flag'], '--no-such-flag'],
    [['s.json', '--', '--out', 'out'], 'each run needs a folder of its own'],
    [['s.json', '--', '--detach'], '--detach: a schedule waits for its runs'],
  ])('what burn run would refuse is refused at once: %j', async (args, words) => {
    const { place } = await home()
    const [file = '', ...more] = args
    const { code, stderr } = await place.call(['schedule', file, '--cron', EVERY_SECOND, ...more])
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  })
})

test('the start of a machine is no time', async () => {
  const home = new Home()
  const { code, stderr } = await home.call(['schedule', 'chat.json', '--cron', '@reboot'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/^burn: --cron "@reboot": burn schedule goes by times, and the start of a machine is none\n/)
})

describe('--print', () => {
  const SCENARIO = { name: 'own', target: { url: 'mock:', preset: 'openai-chat' }, steps: [{ message: 'hi' }] }
  test('what a unit holds in plain text is said, by its name', async () => {
    const secret = await print('crontab', '@daily', [], ['-H', 'authorization: Bearer sk-123456789', '-H', 'x-tenant: a'])
    expect(secret.stdout).toContain('sk-123456789')
    expect(secret.stderr).toContain('the unit holds the value of authorization for whoever can read it: write ${env.NAME} into')
    expect(secret.stderr).not.toContain('sk-123456789')
    expect((await print('crontab', '@daily', [], ['-H', 'x-tenant: a'])).stderr).toBe('')
  })

  const print = async (
    system: string,
    cron: string,
    more: readonly string[] = [],
    run: readonly string[] = ['--report', 'junit'],
  ) => {
    const home = new Home()
    const file = home.write("it's.yaml", SCENARIO)
    const zone = system === 'gha' ? 'UTC' : 'Europe/Berlin'
    return home.call(['schedule', file, '--cron', cron, '--tz', zone, '--print', system, ...more, '--', ...run])
  }

  test('crontab', async () => {
    const { stdout } = await print('crontab', '0 */6 * * MON')
    expect(stdout).toContain('CRON_TZ=Europe/Berlin\n')
    expect(stdout).toMatch(
      /\n0 \*\/6 \* \* MON cd "\$HOME\/your-project" && flock -n \.burn-schedule\.lock npx burn run 'it'\\''s\.yaml' --report junit\n$/,
    )
  })

  test.each([
    ['0 */6 * * *', ['*-*-* 0/6:0:0']],
    ['@daily', ['*-*-* 0:0:0']],
    ['30 2 * * 1-5', ['Mon..Fri *-*-* 2:30:0']],
    ['15,45 8-18/2 1 JAN-MAR *', ['*-1..3-1 8..18/2:15,45:0']],
    ['0 0 13 * FRI', ['*-*-13 0:0:0', 'Fri *-*-* 0:0:0']],
    ['0 0 */2 JUL,8 *', ['*-7,8-1/2 0:0:0']],
    ['0 0 * * SUN-WED', ['Sun,Mon..Wed *-*-* 0:0:0']],
    ['0 0 * * 5-7', ['Fri..Sun *-*-* 0:0:0']],
    ['*/10 0 0 * * 0,6', ['Sun,Sat *-*-* 0:0:0/10']],
  ])('systemd: %s', (cron, calendars) => {
    const unit = unitText('systemd', cronTimes(cron, 'Europe/Berlin'), undefined, ['s.yaml'])
    expect(unit.match(/(?<=OnCalendar=).+(?= Europe\/Berlin)/g)).toEqual(calendars)
  })

  test('systemd changes nothing in a word of the command', async () => {
    const { stdout } = await print('systemd', '@daily', [], ['-m', 'a "b" \\n costs $5 or 5%'])
    expect(stdout).toContain(String.raw`ExecStart=/usr/bin/env npx burn run "it's.yaml" -m "a \"b\" \\n costs $$5 or 5%%"`)
  })

  test('gha is a workflow', async () => {
    const { stdout } = await print('gha', '@weekly')
    expect(parse(stdout).on.schedule).toEqual([{ cron: '0 0 * * 0' }])
    expect(parse(stdout).jobs.burn.steps.at(-1).run).toBe("npx burn run 'it'\\''s.yaml' --report junit")
  })

  test.each([
    ['skip', 'Forbid'],
    ['allow', 'Allow'],
  ])('k8s is a CronJob (%s)', async (overlap, concurrencyPolicy) => {
    const { stdout } = await print('k8s', '5 4 * * *', ['--overlap', overlap])
    const [job] = parseAllDocuments(stdout).map((document) => document.toJS())
    expect(job).toMatchObject({ kind: 'CronJob', spec: { schedule: '5 4 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy } })
    const [container] = job.spec.jobTemplate.spec.template.spec.containers
    expect(container.command).toEqual(['npx', 'burn', 'run', "it's.yaml", '--report', 'junit'])
  })

  test.each([
    ['crontab', '0 0 L * *', [], 'has no form there'],
    ['k8s', '0 0 * * FRI#2', [], 'has no form there'],
    ['gha', '0 0 * * 5-7', [], 'has no form there'],
    ['gha', '0 0 * * *', ['--tz', 'Asia/Tokyo'], 'GitHub goes by UTC, not by Asia/Tokyo'],
    ['gha', '0 0 * * *', ['--overlap', 'skip'], 'it has no --overlap skip'],
    ['k8s', '0 0 * * *', ['--overlap', 'queue'], 'it has no --overlap queue'],
    ['systemd', '0 0 * * *', ['--overlap', 'allow'], 'it has no --overlap allow'],
  ])('%s cannot do %s %j', async (system, cron, more, words) => {
    const { code, stderr } = await print(system, cron, more)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  })

  test('crontab says what it does to a % where there is one', async () => {
    const { stdout } = await print('crontab', '@daily', [], ['--max-error-rate', '5%'])
    expect(stdout).toMatch(/\n# % ends a command in a crontab[^\n]+\n[^\n]+ --max-error-rate '?5\\%'?\n$/)
    expect((await print('crontab', '@daily')).stdout).not.toContain('%')
  })

  test('what a system expands in a command is kept from it', async () => {
    const run = async (system: string) => (await print(system, '@daily', [], ['--overwrite', '--out', '$(HOME) ${{ x }}'])).stdout
    const [job] = parseAllDocuments(await run('k8s')).map((document) => document.toJS())
    expect(job.spec.jobTemplate.spec.template.spec.containers[0].command.at(-1)).toBe('$$(HOME) ${{ x }}')
    expect(parse(await run('gha')).jobs.burn.steps.at(-1).run).toContain("$(HOME) ${{ '${{' }} x }}")
  })

  test.each([
    ['a file that is not there', { file: 'none.yaml' }, 'none.yaml'],
    ['a scenario with a mistake', { scenario: { ...SCENARIO, stepz: [] } }, 'unknown key "stepz"'],
    ['a flag that burn run does not know', { run: ['--reprot', 'junit'] }, "unknown option '--reprot'"],
  ])(
    '%s is refused, as a schedule in the foreground would',
    async (_, {
      file = 's.json',
      scenario = SCENARIO,
      run = [],
    }: { file?: string; scenario?: object; run?: string[] }, words) => {
      const home = new Home()
      home.write('s.json', scenario)
      const { code, stdout, stderr } = await home.call(['schedule', file, '--cron', '@daily', '--print', 'crontab', '--', ...run])
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)])
      expect(stderr).toContain('burn run refuses this')
    },
  )

  test('what only the other machine has is noted', async () => {
    const home = new Home()
    home.write('s.json', { ...SCENARIO, target: { ...SCENARIO.target, headers: { 'x-key': '${env.OF_THE_OTHER}' } } })
    const { code, stdout, stderr } = await home.call(['schedule', 's.json', '--cron', '@daily', '--print', 'crontab'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('npx burn run s.json')])
    expect(stderr).toContain('environment variable OF_THE_OTHER is not set')
  })

  test('a system without seconds refuses six fields', async () => {
    const { code, stderr } = await print('crontab', '0 0 0 * * *')
    expect([code, stderr]).toEqual([2, expect.stringContaining('it knows no seconds')])
  })
})
