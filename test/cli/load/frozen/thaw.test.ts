/** `burn run --from`: a stored run is started again with what it was started with. */
import { beforeEach, expect, test } from 'vitest'
import { chat, eventually, Home, mockFor, OUT } from '../../harness.ts'

const SECRET = 's3cret-0123456789abcdef'
const AGAIN = ['--out', 'again', '--allow-lag', '60s']
let home: Home

beforeEach(() => {
  home = new Home()
})

/** Runs a scenario with data, a profile, a secret and flags; returns the arguments that name the run. */
async function stored(
  target: Record<string, unknown> = { auth: { type: 'bearer', token: '${env.CHAT_TOKEN}' } },
): Promise<readonly string[]> {
  const mock = await mockFor()
  const more = {
    data: { people: { file: 'people.csv' } },
    steps: [{ message: 'I am {{people.name}}, $${not}' }],
    profiles: { short: { load: [{ users: 1, iterations: 3 }], tags: { kind: 'short' } } },
  }
  home.write('s/people.csv', 'name\nAnn\nBob\n')
  const file = home.write('s/s.json', chat(mock.url, more, target))
  const flags = ['--profile', 'short', '--set', 'graceful=7s', '--max-error-rate', '50%', '--log', 'all']
  const { code, stderr } = await home.call(['run', file, ...OUT, ...flags], { env: { CHAT_TOKEN: SECRET } })
  expect(code, stderr).toBe(0)
  return ['run', '--from', 'out', ...AGAIN]
}

const messagesIn = (folder: string) =>
  Array.from(home.read(`${folder}/sessions.jsonl`).matchAll(/I am \w+, \$\{not\}/g), ([text]) => text)

test('the same scenario with the same seed, profile and flags, and no secret on the disk', async () => {
  const again = await stored()
  const { code, stderr } = await home.call(again, { env: { CHAT_TOKEN: SECRET } })
  expect(code, stderr).toBe(0)
  const [first, second] = [home.result('out'), home.result('again')]
  for (const key of ['scenarioHash', 'seed', 'scenarioFile', 'scenarioName', 'labels', 'configuration'] as const)
    expect(second[key]).toEqual(first[key])
  expect(second.thresholds.map(({ threshold }) => threshold)).toEqual(first.thresholds.map(({ threshold }) => threshold))
  expect(second.total.counts.planned).toBe(3)
  expect(messagesIn('again')).toEqual(messagesIn('out'))
  expect(first.configuration?.scenario).toMatchObject({ graceful: '7s', target: { auth: { token: '${env.CHAT_TOKEN}' } } })
  for (const name of home.files()) expect(home.read(name), name).not.toContain(SECRET)
})

test('a result alone is enough, with flags over it and another seed', async () => {
  const again = await stored()
  home.write('kept.json', home.read('out/result.json'))
  const args = ['run', '--from', 'kept.json', ...again.slice(3), '-n', '2', '--seed', 'new']
  expect((await home.call(args, { env: { CHAT_TOKEN: SECRET, BURN_PROFILE: 'stress' } })).code).toBe(0)
  expect(home.result('again').total.counts.planned).toBe(2)
  expect(home.result('again').seed).not.toBe(home.result('out').seed)
  expect(home.result('again').configuration?.scenario.seed).toBeUndefined()
})

test('in the background', async () => {
  const again = await stored()
  const started = JSON.parse((await home.burn([...again, '--detach', '--json'], { env: { CHAT_TOKEN: SECRET } })).stdout || '{}')
  await eventually(() => home.files().includes('again/result.json') && home.result('again').status !== 'running', 'the result')
  expect(home.result('again').runId).toBe(started.runId)
})

test('secrets have to be there', async () => {
  const again = await stored()
  const { code, stderr } = await home.call(again)
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(
      /^burn: --from out: the run had secrets from a variable that is not set: CHAT_TOKEN\n {2}hint: .*--vars-file/,
    ),
  })
  expect(home.files().some((name) => name.startsWith('again'))).toBe(false)
})

test('a secret that was written in the scenario is asked for', async () => {
  const again = await stored({ auth: { type: 'bearer', token: SECRET } })
  const { code, stderr } = await home.call(again)
  expect(code).toBe(2)
  expect(stderr).toContain('results hold none: target.auth.token\n  hint: give it with --set target.auth.token=…')
  expect((await home.call([...again, '--set', `target.auth.token=${SECRET}`])).code).toBe(0)
})

test('data that has changed or is gone', async () => {
  const again = await stored()
  home.write('s/people.csv', 'name\nAnn\nBab\n')
  const env = { CHAT_TOKEN: SECRET }
  expect(await home.call(again, { env })).toMatchObject({ code: 6, stderr: expect.stringContaining('s/people.csv has changed') })
  const elsewhere = new Home()
  elsewhere.write('out/result.json', home.read('out/result.json'))
  expect(await elsewhere.call(again, { env })).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('s/people.csv is not there'),
  })
})

test('a configuration that came later judges by nothing of its own', async () => {
  const mock = await mockFor()
  const file = home.write('s.json', chat(mock.url, { load: [{ users: 1, iterations: 2 }] }))
  await home.call(['run', file, '--out', 'out'])
  home.write('prices.yaml', 'demo: { input: 2, output: 4, unit: per-1K, currency: EUR }\n')
  home.write('burn.config.yaml', 'maxErrorRate: 33%\nallowLag: 99s\nprices: prices.yaml\nlog: none\n')
  // Without --allow-lag a busy machine may make a run invalid: the results count, not the exit codes.
  await home.call(['run', '--from', 'out', '--out', 'again'])
  const [first, second] = [home.result('out'), home.result('again')]
  expect(second.configuration).toEqual(first.configuration)
  expect(second.thresholds.map(({ threshold }) => threshold)).toEqual(first.thresholds.map(({ threshold }) => threshold))
  expect(second.cost).toBeUndefined()
  await home.call(['run', file, '--out', 'fresh'])
  expect(home.result('fresh').cost?.total).toBeGreaterThan(0)
})

test('what does not go with it, and a result of an older version', async () => {
  const again = await stored()
  for (const more of [['s/s.json'], ['--profile', 'short'], ['-X', 'PUT']])
    expect((await home.call([...again, ...more])).code).toBe(2)
  const { configuration: _, ...older } = JSON.parse(home.read('out/result.json'))
  home.write('out/result.json', older)
  expect(await home.call(again)).toMatchObject({ code: 6, stderr: expect.stringContaining('holds no configuration') })
})
