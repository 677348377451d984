/** Every file that `burn generate` writes runs exactly as it was written, with nothing but the flags of its load. `npm test` runs a share of them, another one each time. */
import { expect, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { allTemplates } from '../../src/templates/index.ts'
import { renderTemplate } from '../../src/templates/render.ts'
import { drawn } from '../support/share.ts'
import { Home } from './harness.ts'

/** Those whose target fails on purpose. */
const FAILING = new Set(['timeout'])
/** Files of one process; the processes of a test run side by side, as most of the time is spent waiting. */
const SHARE = 8

const templates = allTemplates()
const first = Math.floor(Math.random() * templates.length)
const names = Array.from({ length: drawn(templates.length) }, (_, n) => templates[(first + n) % templates.length]?.name ?? '')
const shares = Array.from({ length: Math.ceil(names.length / SHARE) }, (_, n) => names.slice(n * SHARE, (n + 1) * SHARE))
const loadOf = (length: string) => [
  '-n',
  '2',
  '-c',
  '2',
  '-d',
  length,
  '--graceful',
  length,
  '--allow-lag',
  '60s',
  '--log',
  'none',
  '-q',
]
/** Long enough for nearly all of them on an idle machine; what had no time runs once more, with more of it. */
const SHORT = '1s'
const LONG = '20s'

/** Of an iteration that was cut short: thresholds that were missed, a phase that ended too soon, nothing that succeeded. */
const FOR_WANT_OF_TIME = [0, 1, 3, 4]

async function run(home: Home, names: readonly string[], length: string, output: string): Promise<Result[]> {
  const files = names.map((name) => `${name}.yaml`)
  const { code, stderr } = await home.burn(['run', ...files, ...loadOf(length), '-o', output])
  expect([code, stderr]).toEqual([expect.toSatisfy((given) => FOR_WANT_OF_TIME.includes(given)), ''])
  return [JSON.parse(home.read(output))].flat()
}

const ranWell = ({ scenarioName, errorRate, total }: Result) =>
  FAILING.has(scenarioName) || (errorRate === 0 && total.counts.ok > 0)

test('a file of each template runs as it is', async () => {
  const home = new Home()
  for (const template of templates) home.write(`${template.name}.yaml`, renderTemplate(template, { format: 'yaml' }))
  const all = await Promise.all(shares.map((share, n) => run(home, share, SHORT, `share-${n}.json`)))
  const results = all.flat()
  expect(results.map(({ scenarioName }) => scenarioName)).toEqual(names)
  const late = results.filter((result) => !ranWell(result)).map(({ scenarioName }) => scenarioName)
  const again = late.length === 0 ? [] : await run(home, late, LONG, 'again.json')
  expect(
    again
      .filter((result) => !ranWell(result))
      .map(({ scenarioName, errors, total }) => ({ scenarioName, errors, counts: total.counts })),
  ).toEqual([])
}, 120_000)

test.each(['mqtt', 'django-mqtt', 'mqtt_burst_test', 'mixed_protocol_stress', 'ollama-generate'])(
  '%s is written as it runs',
  async (name) => {
    const home = new Home()
    expect((await home.call(['generate', name, '-o', 'written.yaml'])).code).toBe(0)
    const template = templates.find((one) => one.name === name)
    expect(home.read('written.yaml').replace('written.yaml', 'x')).toBe(
      template && renderTemplate(template, { format: 'yaml', file: 'x' }),
    )
  },
)
