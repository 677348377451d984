/** A file with metrics in the form of Prometheus. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prometheus } from '../../../src/export/kinds/prometheus.ts'
import { prometheusLines } from '../../../src/export/text/prometheus.ts'
import { atOnce } from '../../../src/pieces.ts'
import { Home } from '../../cli/harness.ts'
import { opened, SIGNAL, stateOf } from './opened.ts'

const page = (...args: Parameters<typeof prometheusLines>) => `${atOnce(prometheusLines(...args)).join('\n')}\n`

const inFolder = { isTyped: false, environment: {} }

test('the page is the last state, and nothing lies beside it', async () => {
  const home = new Home()
  const output = await opened(prometheus.parse({ prometheus: 'b.prom' }).plan(inFolder), home.path)
  for (const name of ['allErrors', 'fine'] as const) expect(await output.send(stateOf(name), SIGNAL)).toEqual({ error: null })
  expect(readFileSync(join(home.path, 'b.prom'), 'utf8')).toBe(page(stateOf('fine')))
  expect(readdirSync(home.path)).toEqual(['b.prom'])
})

test('a folder that is not there is the reason of a loss', async () => {
  const home = new Home()
  const output = await opened(prometheus.parse({ prometheus: 'none/b.prom' }).plan(inFolder), home.path)
  expect((await output.send(stateOf('fine'), SIGNAL)).error).toContain('ENOENT')
})
