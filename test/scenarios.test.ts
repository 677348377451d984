import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Result } from '../src/result/schema.ts'
import { isMap } from '../src/text/json.ts'
import { closeAfter, type Finished, Home, OUT, ROOT } from './cli/harness.ts'
import { startMutationServer, startSyncServer } from './servers/testbench.ts'
import { FOREIGN } from './support/foreign.ts'
import { onQuietMachine } from './support/quiet.ts'
import { ALL_CASES } from './support/share.ts'
import { validateFile } from './support/validate-file.ts'

const FOLDER = join(ROOT, 'scenarios')
/** No scenarios, or those of other tools. */
const NOT_OURS = ['burn.schema.json', 'suite.yaml', ...FOREIGN]
const NAMES = readdirSync(FOLDER).filter((name) => /\.(ya?ml|json)$/.test(name) && !NOT_OURS.includes(name))
/** Examples that `npm test` runs: one of each protocol. `npm run proofs` runs all. */
const RUN = ALL_CASES ? NAMES : ['quickstart', 'http', 'sse', 'websocket', 'grpc', 'mqtt'].map((name) => `${name}.yaml`)
/** Children at once: they share the machine with what they measure. */
const AT_ONCE = 3
/** Length of each phase here. */
const SHORT = '400ms'

const path = (name: string) => join(FOLDER, name)

/** Flags that keep the shape of a load, and make it short. */
function shortened(name: string): string[] {
  const { load = [], monitor }: { load?: Readonly<Record<string, unknown>>[]; monitor?: unknown } = parse(
    readFileSync(path(name), 'utf8'),
  )
  // A machine has to be looked at within the load.
  const length = isMap(monitor) ? '1s' : SHORT
  const oftener = isMap(monitor) ? ['--set', 'monitor.every=200ms'] : []
  const shorter = load.flatMap((phase, index) => [
    ...['for', 'pause', 'ramp'].flatMap((key) => (phase[key] === undefined ? [] : ['--set', `load.${index}.${key}=${length}`])),
    // Bursts have to fit into a shorter phase.
    ...(isMap(phase.rate) && phase.rate.burst !== undefined
      ? ['--set', `load.${index}.rate.every=200ms`, '--set', `load.${index}.rate.for=50ms`]
      : []),
  ])
  return [...shorter, ...oftener]
}

describe.each(NAMES)('scenarios/%s', (name) => {
  test('has no problems, and no warnings', () => {
    expect(validateFile(path(name), { env: {} }).problems).toEqual([])
  })

  test('begins with what it shows and how to run it', () => {
    const text = readFileSync(path(name), 'utf8')
    if (name.endsWith('.json')) expect(JSON.parse(text).description).toMatch(/\w/)
    else expect(text).toMatch(new RegExp(`^# .+\\n(# .+\\n)*#   npx burn run scenarios/${name}\\b`))
  })
})

const run = (names: readonly string[], flags: readonly string[]) =>
  new Home().burn([
    'run',
    ...names.map(path),
    '--quiet',
    '--json',
    '--seed',
    'examples',
    '--allow-lag',
    '60s',
    '--allow-plugins',
    ...flags,
  ])

const resultsIn = (stdout: string): Result[] => (stdout === '' ? [] : [JSON.parse(stdout)].flat())

function heldAll({ code, stdout, stderr }: Finished) {
  const results = resultsIn(stdout)
  const others = results
    .map(({ reason }) => reason)
    .filter((reason) => !/^(?:all \d+ thresholds|the threshold was) met$/.test(reason))
  return { code, stderr, others, any: results.length > 0 }
}
const ALL_HELD = { code: 0, stderr: '', others: [], any: true }

describe('against the embedded mock', () => {
  /** Names inside the files: their results bear them, with the target behind it where there are several. */
  const titles = new Map(NAMES.map((name) => [name, String(parse(readFileSync(path(name), 'utf8')).name)]))
  /** Those that take the same flags are run by one command. */
  const groups = Map.groupBy(RUN, (name) => shortened(name).join(' '))
  const held = new Set<string>()

  beforeAll(async () => {
    const waiting = [...groups.values()]
    const work = async () => {
      for (let names = waiting.shift(); names !== undefined; names = waiting.shift()) {
        const [first = ''] = names
        const { stdout, ...finished } = await run(names, shortened(first))
        for (const name of names) {
          const title = titles.get(name)
          const own = resultsIn(stdout).filter(
            ({ scenarioName }) => scenarioName === title || scenarioName.startsWith(`${title}-`),
          )
          const code = Math.max(...own.map(({ exitCode }) => exitCode))
          if (isDeepStrictEqual(heldAll({ ...finished, code, stdout: JSON.stringify(own) }), ALL_HELD)) held.add(name)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }, 120_000)

  // Some ask for a latency. One that did not hold beside the others runs again by itself, with a control beside it.
  test.for(RUN)('%s runs, and everything asked of it holds', { timeout: 120_000 }, async (name, context) => {
    if (held.has(name)) return
    await onQuietMachine(context, async () => expect(heldAll(await run([name], shortened(name)))).toEqual(ALL_HELD))
  })
})

async function runForeign(name: string): Promise<void> {
  const home = new Home()
  const mqtt = name.startsWith('mqtt')
  const server = mqtt ? await startMutationServer({}, 'mqtt_pass') : await startSyncServer({}, { token: 'test_token_123' })
  closeAfter({ close: () => server.stop() })
  const endpoint = `127.0.0.1:${server.port}${mqtt ? '' : '/ws/mobile/sync/'}`
  const flags = ['-e', endpoint, '-c', '4', '-r', '10', '--rate-scope', 'connection', '-d', '1', '--seed', 'foreign']
  const { code, stdout, stderr } = await home.burn(['run', path(name), ...flags, '--json', ...OUT])
  expect(code, stderr).toBe(0)
  const { total, faults, errorRate }: Result = JSON.parse(stdout)
  expect([errorRate, total.counts.cut]).toEqual([0, 0])
  expect(total.counts.ok).toBeGreaterThan(20)
  expect([faults?.sent, server.complaints]).toEqual([server.messages.length, []])
  expect(server.credentials.length).toBeGreaterThanOrEqual(4)
  const own = JSON.stringify(mqtt ? 'mqtt_user' : { token: 'test_token_123' })
  expect(server.credentials.filter((one) => JSON.stringify(one) !== own)).toEqual([])
}

// A reply that takes a second is a failure there.
test.for(FOREIGN)(
  '%s runs unchanged, credentials, faults and all, but for its address and its length',
  { timeout: 120_000 },
  (name, context) => onQuietMachine(context, () => runForeign(name), true),
)
