/** Files with metrics, and the line protocol, read again by a parser of the test's own. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { influx } from '../../src/export/kinds/influx.ts'
import { prometheus } from '../../src/export/kinds/prometheus.ts'
import { snapshotOf } from '../../src/export/points/snapshot.ts'
import type { PlannedOutput } from '../../src/export/send/output.ts'
import { influxLines } from '../../src/export/text/influx.ts'
import { prometheusLines } from '../../src/export/text/prometheus.ts'
import { atOnce } from '../../src/pieces.ts'
import { Home } from '../cli/harness.ts'
import { HOSTILE, RESULTS } from '../report/results.ts'
import { webhookReceiver } from '../servers/webhook-receiver.ts'

const lines = (...args: Parameters<typeof influxLines>) => atOnce(influxLines(...args))
const page = (...args: Parameters<typeof prometheusLines>) => `${atOnce(prometheusLines(...args)).join('\n')}\n`
const SIGNAL = new AbortController().signal
const stateOf = (name: keyof typeof RESULTS) => atOnce(snapshotOf(RESULTS[name]))

async function opened(planned: PlannedOutput, folder = '.') {
  const output = await planned.open(folder)
  onTestFinished(() => output.close?.())
  return output
}

/** Splits at characters that no backslash stands before. */
const splitAt = (text: string, at: RegExp) => text.split(new RegExp(`(?<!\\\\)${at.source}`))
const plain = (text: string) => text.replace(/\\([,= ])/g, '$1')

function read(line: string) {
  const [head = '', fields = '', time = '', ...more] = splitAt(line, / /)
  const [name = '', ...tags] = splitAt(head, /,/)
  const pairs = (parts: readonly string[]) => parts.map((part) => splitAt(part, /=/).map(plain))
  return { name: plain(name), tags: pairs(tags), fields: pairs(splitAt(fields, /,/)), time, more }
}

describe('line protocol', () => {
  test.each(Object.keys(RESULTS) as (keyof typeof RESULTS)[])(
    '%s: one line for each point, and counts are those of the result',
    (name) => {
      const state = stateOf(name)
      const parsed = lines(state).map(read)
      expect(parsed).toHaveLength(state.metrics.reduce((sum, { points }) => sum + points.length, 0))
      for (const { name: metric, tags, fields, time, more } of parsed) {
        expect([metric, more]).toEqual([expect.stringMatching(/^[a-z][\w.]*$/), []])
        expect(time).toMatch(/^\d{1,19}$/)
        for (const pair of [...tags, ...fields]) expect(pair, metric).toHaveLength(2)
        for (const [key, value] of fields) if (key !== 'run_id') expect(Number(value), `${metric} ${key}`).not.toBeNaN()
      }
      const ok = parsed.filter(({ name: metric, tags }) => metric === 'burn.attempts' && tags.some(([, value]) => value === 'ok'))
      const sum = ok.reduce((all, { fields }) => all + Number(fields.find(([key]) => key === 'value')?.[1]), 0)
      expect(sum).toBe(RESULTS[name].steps.reduce((all, { counts }) => all + counts.ok, 0))
    },
  )

  test.each([HOSTILE, 'a b,c=d', 'ends with a backslash\\', '\\\\', '\n', 'x value=1 1\nfake value=2'])(
    '%j stays one tag',
    (name) => {
      const [step] = RESULTS.fine.steps
      const state = atOnce(snapshotOf({ ...RESULTS.fine, steps: step ? [{ ...step, name }] : [] }))
      for (const line of lines(state)) {
        expect(line).not.toMatch(/[\p{Cc}\u2028]/u)
        const { tags, fields, more } = read(line)
        for (const pair of [...tags, ...fields]) expect(pair).toHaveLength(2)
        expect(more).toEqual([])
      }
    },
  )

  test.each([
    ['/write?db=burn', '/write?db=burn&precision=ns'],
    ['/api/v2/write?org=o&bucket=b&precision=s', '/api/v2/write?org=o&bucket=b&precision=ns'],
  ])('over HTTP to %s, with the token', async (asked, path) => {
    const { url, received } = await webhookReceiver()
    const planned = influx.parse({ influx: `${url}${asked}`, token: 'influx-token-1' }).plan({ isTyped: false, environment: {} })
    const output = await opened(planned)
    expect(await output.send(stateOf('fine'), SIGNAL)).toEqual({ error: null })
    expect(received).toMatchObject([{ path, headers: { authorization: 'Token influx-token-1' } }])
    expect(received[0]?.body.split('\n')).toEqual([...lines(stateOf('fine')), ''])
    expect(planned).toMatchObject({ to: `${url}${asked.split('?')[0]}`, secrets: ['influx-token-1'] })
  })

  test('the token of the environment is for an address that was typed', () => {
    const entry = influx.parse({ influx: 'http://i/write?db=d&p=pass-word' })
    const environment = { INFLUX_TOKEN: 'own-token' }
    expect(entry.plan({ isTyped: true, environment }).secrets).toEqual(['own-token', 'pass-word'])
    expect(entry.plan({ isTyped: false, environment }).secrets).toEqual(['pass-word'])
  })

  test.each(['http://i:8086', 'http://i/query?db=d', 'http://u:p@i/write', 'udp://i:1', ''])('%j is refused', (where) => {
    expect(influx.safeParse({ influx: where }).success).toBe(false)
  })

  test('a state that is refused is lost', async () => {
    const { url } = await webhookReceiver(() => ({ status: 404, body: '{"error":"database not found"}' }))
    const output = await opened(influx.parse({ influx: `${url}/write?db=d` }).plan({ isTyped: true, environment: {} }))
    expect(await output.send(stateOf('fine'), SIGNAL)).toEqual({ error: 'status 404: {"error":"database not found"}' })
  })
})

describe('files', () => {
  const inFolder = { isTyped: false, environment: {} }

  test('lines of one state follow those of the state before; another run begins anew', async () => {
    const home = new Home()
    home.write('m.lp', 'of an earlier run\n')
    const output = await opened(influx.parse({ influx: 'm.lp' }).plan(inFolder), home.path)
    for (const name of ['fine', 'allErrors'] as const) expect(await output.send(stateOf(name), SIGNAL)).toEqual({ error: null })
    expect(home.read('m.lp')).toBe(`${[...lines(stateOf('fine')), ...lines(stateOf('allErrors'))].join('\n')}\n`)
  })

  test('the page of Prometheus is the last state, and nothing lies beside it', async () => {
    const home = new Home()
    const output = await opened(prometheus.parse({ prometheus: 'b.prom' }).plan(inFolder), home.path)
    for (const name of ['allErrors', 'fine'] as const) expect(await output.send(stateOf(name), SIGNAL)).toEqual({ error: null })
    expect(readFileSync(join(home.path, 'b.prom'), 'utf8')).toBe(page(stateOf('fine')))
    expect(readdirSync(home.path)).toEqual(['b.prom'])
  })

  test('a folder that is not there is the reason of a loss', async () => {
    const home = new Home()
    for (const planned of [
      prometheus.parse({ prometheus: 'none/b.prom' }).plan(inFolder),
      influx.parse({ influx: 'none/m.lp' }).plan(inFolder),
    ]) {
      const output = await opened(planned, home.path)
      expect((await output.send(stateOf('fine'), SIGNAL)).error).toContain('ENOENT')
    }
  })
})
