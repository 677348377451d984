/** Every file that `burn generate` writes runs exactly as it was written, with nothing but the flags of its load. */
import { expect, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { allTemplates } from '../../src/templates/index.ts'
import { renderTemplate } from '../../src/templates/render.ts'
import { Home } from './harness.ts'

/** Those whose target fails on purpose. */
const FAILING = new Set(['timeout', 'error-recovery'])
/** Files of one process; the processes of a test run side by side, as most of the time is spent waiting. */
const SHARE = 8

const templates = allTemplates()
const names = templates.map(({ name }) => name)
const shares = Array.from({ length: Math.ceil(names.length / SHARE) }, (_, n) => names.slice(n * SHARE, (n + 1) * SHARE))
const SHORT = ['-n', '2', '-c', '2', '-d', '1s', '--graceful', '1s', '--allow-lag', '60s', '--log', 'none', '-q']

test('a file of every template runs as it is', async () => {
  const home = new Home()
  for (const template of templates) home.write(`${template.name}.yaml`, renderTemplate(template, { format: 'yaml' }))
  const all = await Promise.all(
    shares.map(async (share, n) => {
      const files = share.map((name) => `${name}.yaml`)
      const { code, stderr } = await home.burn(['run', ...files, ...SHORT, '-o', `share-${n}.json`])
      // A chat that the load's end cut short may miss its thresholds.
      expect([code, stderr]).toEqual([expect.toSatisfy((given) => given === 0 || given === 1), ''])
      return JSON.parse(home.read(`share-${n}.json`)) as Result[]
    }),
  )
  const results = all.flat()
  expect(results.map(({ scenarioName }) => scenarioName)).toEqual(names)
  const failed = results.filter(
    ({ scenarioName, errors, total }) => !FAILING.has(scenarioName) && (errors.length > 0 || total.counts.ok === 0),
  )
  expect(failed.map(({ scenarioName, errors, total }) => ({ scenarioName, errors, counts: total.counts }))).toEqual([])
}, 120_000)

test.each(['mqtt', 'django-mqtt', 'mqtt_burst_test', 'mixed_protocol_stress', 'ollama-generate'])(
  '%s is written as it runs',
  async (name) => {
    const home = new Home()
    expect((await home.burn(['generate', name, '-o', 'written.yaml'])).code).toBe(0)
    const template = templates.find((one) => one.name === name)
    expect(home.read('written.yaml').replace('written.yaml', 'x')).toBe(
      template && renderTemplate(template, { format: 'yaml', file: 'x' }),
    )
  },
)
