/** Metrics of a run in monitoring systems: what these tell afterwards is what result.json says. */
import { expect, onTestFinished, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { chat, Home, mockFor } from '../cli/harness.ts'
import { deadPort } from '../support/own-port.ts'
import { eventually, Folder, output, start } from './programs.ts'

const LOOPBACK = '127.0.0.1'

/** A run of two steps whose requests are refused now and then, with these flags and keys. */
async function ran(flags: readonly string[], own: Readonly<Record<string, unknown>> = {}): Promise<Result> {
  const home = new Home()
  const mock = await mockFor({ errorRate: 0.2, seed: 3, firstTokenMs: 30 })
  const steps = [
    { name: 'first step', message: 'hi' },
    { name: 'second', message: 'and now?' },
  ]
  home.write('s.json', chat(mock.url, { steps, load: [{ users: 4, iterations: 60 }], ...own }))
  const limits = ['--max-error-rate', '0.9', '--allow-lag', '60s']
  const { code, stderr } = await home.burn(['run', 's.json', '--out', 'out', ...limits, ...flags])
  expect(code, stderr).toBe(0)
  return home.result()
}

/** A program that ends with the test, once it answers. */
async function server(program: string, args: readonly string[], ready: string): Promise<void> {
  const { stop, said } = start(program, args)
  onTestFinished(stop)
  await eventually(
    () =>
      fetch(ready)
        .then(({ ok }) => ok)
        .catch(() => false),
    said,
  )
}

function folder(): Folder {
  const made = new Folder()
  onTestFinished(() => made.remove())
  return made
}

/** The numbers of a result by step: ok and failed attempts, samples of ttft and their sum in seconds. */
const figuresOf = ({ steps }: Result) =>
  Object.fromEntries(
    steps.map(({ name, counts: { ok, failed }, distributions: { ttft } }) => [
      name,
      { ok, failed, count: ttft?.count ?? 0, sum: Math.round((ttft?.mean ?? 0) * (ttft?.count ?? 0) * 1000) / 1e6 },
    ]),
  )

test('Prometheus, by the textfile collector of node_exporter, which reads the file while the run goes on', async () => {
  const files = folder()
  const [exporter, port] = [await deadPort(), await deadPort()]
  files.write('textfiles/none.prom', '')
  const textfiles = [
    '--collector.disable-defaults',
    '--collector.textfile',
    `--collector.textfile.directory=${files.file('textfiles')}`,
  ]
  const address = `${LOOPBACK}:${exporter}`
  await server('prometheus-node-exporter', [...textfiles, `--web.listen-address=${address}`], `http://${address}/metrics`)
  const scrapes = `scrape_configs: [{ job_name: burn, scrape_interval: 1s, static_configs: [{ targets: ['${address}'] }] }]\n`
  const config = `--config.file=${files.write('prometheus.yml', scrapes)}`
  const own = [`--web.listen-address=${LOOPBACK}:${port}`, `--storage.tsdb.path=${files.file('data')}`]
  await server('prometheus', [config, ...own], `http://${LOOPBACK}:${port}/-/ready`)

  const observe = [{ url: `http://${LOOPBACK}:${port}/metrics`, every: '200ms', names: ['process_resident_memory_bytes'] }]
  const result = await ran(['--export', `prometheus=${files.file('textfiles/burn.prom')}`], { observe })
  expect(result.total.counts.failed).toBeGreaterThan(0)
  expect(output('promtool', ['check', 'metrics'], files.read('textfiles/burn.prom'))).toBe('')

  const query = async (text: string) => {
    const reply = await fetch(`http://${LOOPBACK}:${port}/api/v1/query?query=${encodeURIComponent(text)}`)
    const { data } = (await reply.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] }
    }
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.burn_step ?? '', Number(value[1])]))
  }
  const stored = async () => {
    const ok = await query('burn_attempts_total{burn_outcome="ok"}')
    const failed = await query('burn_attempts_total{burn_outcome="failed"}')
    const [count, sum] = [await query('burn_ttft_seconds_count'), await query('burn_ttft_seconds_sum')]
    const steps = Object.keys(ok).map((step) => [
      step,
      { ok: ok[step], failed: failed[step], count: count[step], sum: sum[step] },
    ])
    return Object.fromEntries(steps)
  }
  const expected = JSON.stringify(figuresOf(result))
  await eventually(
    async () => JSON.stringify(await stored()) === expected,
    () => expected,
  )
  expect(await query('sum(burn_failures_total)')).toEqual({ '': result.errors.reduce((sum, { count }) => sum + count, 0) })
  expect(await query('burn_run_passed')).toEqual({ '': 1 })
  // The other way round: Prometheus is a server that can be asked for its own metrics.
  expect(result.server?.[0]?.gauges.process_resident_memory_bytes?.min).toBeGreaterThan(1e6)
})

test('InfluxDB, over its write address', async () => {
  const files = folder()
  const [http, rpc] = [await deadPort(), await deadPort()]
  const config = `
reporting-disabled = true
bind-address = "${LOOPBACK}:${rpc}"
[meta]
  dir = "${files.file('meta')}"
[data]
  dir = "${files.file('data')}"
  wal-dir = "${files.file('wal')}"
[http]
  bind-address = "${LOOPBACK}:${http}"
  log-enabled = false
`
  const base = `http://${LOOPBACK}:${http}`
  await server('influxd', ['run', '-config', files.write('influxdb.conf', config)], `${base}/ping`)
  const query = async (text: string) => {
    const reply = await fetch(`${base}/query?db=burn`, { method: 'POST', body: new URLSearchParams({ q: text }) })
    return (await reply.json()) as { results: { series?: { tags: Record<string, string>; values: [string, ...number[]][] }[] }[] }
  }
  await query('CREATE DATABASE burn')

  const result = await ran(['--export', `influx=${base}/write?db=burn`])
  expect(result.exports).toMatchObject([{ kind: 'influx', to: `${base}/write`, lost: 0, error: null }])
  const lastOf = async (field: string, metric: string, where = '') => {
    const { results } = await query(`SELECT last("${field}") FROM "${metric}" ${where} GROUP BY "burn.step"`)
    return Object.fromEntries((results[0]?.series ?? []).map(({ tags, values }) => [tags['burn.step'], values[0]?.[1] ?? 0]))
  }
  const [ok, failed] = [
    await lastOf('value', 'burn.attempts', `WHERE "burn.outcome" = 'ok'`),
    await lastOf('value', 'burn.attempts', `WHERE "burn.outcome" = 'failed'`),
  ]
  const [count, sum, p95] = [
    await lastOf('count', 'burn.ttft'),
    await lastOf('sum', 'burn.ttft'),
    await lastOf('p95', 'burn.ttft'),
  ]
  expect(
    Object.fromEntries(
      Object.keys(ok).map((step) => [step, { ok: ok[step], failed: failed[step], count: count[step], sum: sum[step] }]),
    ),
  ).toEqual(figuresOf(result))
  for (const { name, distributions } of result.steps)
    expect((p95[name] ?? 0) * 1000).toBeCloseTo(distributions.ttft?.percentiles.p95 ?? -1, 6)
})
