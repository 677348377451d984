/** Metrics that a run sends to others while it goes on and at its end, seen by receivers on loopback. */
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { Result } from '../../../src/result/schema.ts'
import { type ReceivedMessage, webhookReceiver } from '../../servers/webhook-receiver.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

interface DataPoint {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[]
  readonly asInt?: string
  readonly asDouble?: number
  readonly count?: string
  readonly sum?: number
}
interface OtlpMetric {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly DataPoint[] }
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] }
  readonly histogram?: { readonly dataPoints: readonly DataPoint[] }
}

async function scenario(own: Readonly<Record<string, unknown>> = {}, settings = {}) {
  const home = new Home()
  const mock = await mockFor(settings)
  home.write('s.json', chat(mock.url, { load: [{ users: 2, iterations: 9 }], ...own }))
  return home
}

const RETRY_AT_ONCE = { 'retry-after': '0' }

function read({ body }: ReceivedMessage) {
  const [{ resource, scopeMetrics }] = JSON.parse(body).resourceMetrics
  const metrics: readonly OtlpMetric[] = scopeMetrics[0].metrics
  const attributes = Object.fromEntries(
    resource.attributes.map(({ key, value }: DataPoint['attributes'][number]) => [key, value.stringValue]),
  )
  const pointsOf = (wanted: string) => {
    const metric = metrics.find(({ name }) => name === wanted)
    return (metric?.sum ?? metric?.gauge ?? metric?.histogram)?.dataPoints ?? []
  }
  return { attributes: attributes as Record<string, string>, pointsOf }
}

const has = (point: DataPoint, wanted: string) => point.attributes.some(({ value }) => value.stringValue === wanted)
const total = (points: readonly DataPoint[]) => points.reduce((sum, { asInt = '0' }) => sum + Number(asInt), 0)

/** What was sent last is what the result says. */
function expectSame(last: ReceivedMessage | undefined, result: Result) {
  const { pointsOf, attributes } = read(last ?? { path: '', headers: {}, body: '' })
  const attempts = pointsOf('burn.attempts')
  for (const outcome of ['ok', 'failed', 'cut', 'dropped'] as const)
    expect(total(attempts.filter((point) => has(point, outcome))), outcome).toBe(result.total.counts[outcome])
  expect(total(pointsOf('burn.tokens').filter((point) => has(point, 'output')))).toBe(result.total.tokens.output)
  expect(total(pointsOf('burn.io'))).toBe(result.total.bytesSent + result.total.bytesReceived)
  for (const [metric, { count, mean }] of Object.entries(result.total.distributions)) {
    const points = pointsOf(`burn.${metric}`)
    const perUnit = result.total.distributions[metric]?.unit === 'ms' ? 1000 : 1
    expect(
      points.reduce((sum, point) => sum + Number(point.count), 0),
      metric,
    ).toBe(count)
    // Both are whole steps of the histogram, in ms there and in seconds here.
    const sum = points.reduce((all, point) => all + (point.sum ?? 0), 0)
    expect(Math.round(sum * 1e6), metric).toBe(Math.round(((mean ?? 0) * count * 1e6) / perUnit))
  }
  expect(attributes['service.instance.id']).toBe(result.runId)
}

describe('burn run --otlp', () => {
  test('sends what the result says, to the path of the standard, and says so', async () => {
    const { url, received } = await webhookReceiver(() => ({ status: 200, body: '{}' }))
    const home = await scenario()
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, '--otlp', url])
    expect(code).toBe(0)
    expect(new Set(received.map(({ path, headers }) => `${path} ${headers['content-type']}`))).toEqual(
      new Set(['/v1/metrics application/json']),
    )
    expectSame(received.at(-1), home.result())
    const to = `${url}/v1/metrics`
    expect(home.result().exports).toEqual([{ kind: 'otlp', to, sent: received.length, lost: 0, error: null }])
    expect(stderr).toContain(`otlp ${to} · ${received.length} sent`)
  })

  test('sends failures with their class', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenario({}, { errorRate: 0.5, seed: 1 })
    await home.call(['run', 's.json', ...OUT, '--otlp', url, '--max-error-rate', '0.99'])
    const result = home.result()
    expect(result.total.counts.failed).toBeGreaterThan(0)
    expectSame(received.at(-1), result)
    const { pointsOf } = read(received.at(-1) as ReceivedMessage)
    expect(total(pointsOf('burn.failures'))).toBe(result.total.counts.failed)
    expect(pointsOf('burn.failures').every((point) => has(point, result.errors[0]?.class ?? ''))).toBe(true)
  })

  test('goes by the variables when asked to, with what they say of resource and headers', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenario()
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/base`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20top-secret-value',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
      OTEL_SERVICE_NAME: 'nightly',
    }
    expect((await home.call(['run', 's.json', ...OUT, '--otlp'], { env })).code).toBe(0)
    const [first] = received
    expect(first).toMatchObject({ path: '/base/v1/metrics', headers: { authorization: 'Bearer top-secret-value' } })
    const { attributes } = read(first as ReceivedMessage)
    expect(attributes).toMatchObject({ 'service.name': 'nightly', 'deployment.environment.name': 'staging' })
    for (const name of home.files()) expect(home.read(name), name).not.toContain('top-secret-value')
  })

  test('sends nothing because of variables alone', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenario()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url, OTEL_METRICS_EXPORTER: 'otlp' }
    expect((await home.call(['run', 's.json', ...OUT], { env })).code).toBe(0)
    expect(received).toEqual([])
    expect(home.result().exports).toBeUndefined()
  })

  test.each([
    [['--otlp'], 'OTLP by the variables: none says where to'],
    [['--otlp', 'c:4317'], '--otlp c:4317: expected an address such as http://127.0.0.1:4318'],
    [['--export', 'graphite=x'], '--export graphite=x: expected KIND=WHERE'],
    [['--export', 'otlp'], '--export otlp: where to is missing'],
    [['--export', 'otlp=c'], '--export otlp=c: expected an address that begins with http:// or https://'],
  ])('%j is refused before anything is sent', async (flags, message) => {
    const home = await scenario()
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, ...flags])
    expect([code, stderr.split('\n')[0]]).toEqual([2, `burn: ${message}`])
    expect(home.files()).toEqual(['s.json'])
  })

  test.each([
    [['--otlp=http://u:SECRETPW@h'], {}],
    [['--otlp=http://:SECRETPW@h'], {}],
    [['--otlp=u:SECRETPW@h:4318'], {}],
    [['--export=otlp=h:4318?api_key=SECRETPW'], {}],
    [['--export=influx=http://u:SECRETPW@h/write?p=SECRETPW'], {}],
    [['--export=graphite=u:SECRETPW@h'], {}],
    [['--otlp=env'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'u:SECRETPW@h:4318' }],
    [['--otlp=env'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://u:SECRETPW@h:4318' }],
  ])('%j with %j is refused without its password', async (flags, env) => {
    const home = await scenario()
    const { code, stdout, stderr } = await home.call(['run', 's.json', ...OUT, ...flags], { env })
    expect([code, `${stdout}${stderr}`.includes('SECRETPW')], stderr).toEqual([2, false])
    expect(stderr).toMatch(/^burn: (?:--otlp|--export|OTEL_EXPORTER_OTLP_ENDPOINT)/)
  })

  test('a state that was not taken is said, and the run has passed all the same', async () => {
    const { url } = await webhookReceiver(() => ({ status: 400, body: 'no \u001b[31mroom' }))
    const home = await scenario()
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, '--otlp', url])
    const { exports: [exported] = [], notes } = home.result()
    expect(code).toBe(0)
    expect(exported).toMatchObject({ sent: 0, error: 'status 400: no \u001b[31mroom' })
    expect(exported?.lost).toBeGreaterThan(0)
    expect(notes.join()).toContain(
      `metrics to otlp ${url}/v1/metrics: ${exported?.lost} of ${exported?.lost} states were not taken`,
    )
    expect(stderr).toContain('status 400: no \\u{1b}[31mroom')
    expect(stderr).not.toContain('\u001b[31m')
  })

  test('a busy receiver is asked again; what it refuses in part is counted', async () => {
    const partial = JSON.stringify({ partialSuccess: { rejectedDataPoints: '7', errorMessage: 'old' } })
    const { url, received } = await webhookReceiver((_, nth) =>
      nth % 2 === 1 ? { status: 503, headers: RETRY_AT_ONCE } : { status: 200, body: partial },
    )
    const home = await scenario()
    await home.call(['run', 's.json', ...OUT, '--otlp', url])
    const sent = received.length / 2
    expect(home.result().exports).toMatchObject([{ sent, lost: 0, rejected: 7 * sent, remark: 'old' }])
    expectSame(received.at(-1), home.result())
  })

  test.each([
    [1, 'the receiver refused \\d values: '],
    [0, 'the receiver says: '],
  ])(
    'with %d values refused, what a receiver says is shown: cut, safe, and without secrets',
    async (rejectedDataPoints, said) => {
      const own = `http://127.0.0.1/x?api_key=SECRETPW12`
      const errorMessage = `too old \u001b[31m\n ${own} ${'x'.repeat(1000)}`
      const body = JSON.stringify({ partialSuccess: { rejectedDataPoints, errorMessage } })
      const { url, received } = await webhookReceiver(() => ({ status: 200, body }))
      const home = await scenario()
      const { code, stderr } = await home.call(['run', 's.json', ...OUT, `--otlp=${url}/?api_key=SECRETPW12`])
      expect(code).toBe(0)
      expect(received[0]?.path).toBe('/v1/metrics?api_key=SECRETPW12')
      expect(stderr).toMatch(
        new RegExp(`${said}too old \\\\u\\{1b\\}\\[31m http://127.0.0.1/x\\?api_key=\\[secret\\] x{50,150}\n`),
      )
      for (const text of [stderr, ...home.files().map((name) => home.read(name))]) expect(text).not.toContain('SECRETPW12')
    },
  )

  test.each([
    ['otlp=URL/a?token=SECRETPW12', {}],
    ['influx=URL/write?db=d&token=SECRETPW12', {}],
    ['influx=URL/write?db=d&p=SECRETPW12', {}],
    ['otlp=env', { OTEL_EXPORTER_OTLP_ENDPOINT: 'URL/?api-key=SECRETPW12' }],
  ])('%s with %j: a refusal that repeats the address shows no secret of its query', async (where, env) => {
    const { url } = await webhookReceiver(({ path }) => ({ status: 400, body: `no ${path}` }))
    const home = await scenario()
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('URL', url)]))
    const { stderr } = await home.call(['run', 's.json', ...OUT, '--export', where.replace('URL', url)], { env: own })
    expect(stderr).toContain('[secret]')
    for (const text of [stderr, ...home.files().map((name) => home.read(name))]) expect(text).not.toContain('SECRETPW12')
  })

  test.each(['1e999', '0.5', -1, '-1', 'NaN', 1e300])('%j is no number of refused values', async (rejectedDataPoints) => {
    const body = JSON.stringify({ partialSuccess: { rejectedDataPoints } })
    const { url } = await webhookReceiver(() => ({ status: 200, body }))
    const home = await scenario()
    await home.call(['run', 's.json', ...OUT, '--otlp', url])
    expect(home.result().exports?.map(({ error, rejected }) => [error, rejected])).toEqual([[null, undefined]])
  })

  test('no more values are refused than were sent', async () => {
    const body = JSON.stringify({ partialSuccess: { rejectedDataPoints: '9007199254740991' } })
    const { url, received } = await webhookReceiver(() => ({ status: 200, body }))
    const home = await scenario()
    await home.call(['run', 's.json', ...OUT, '--otlp', url])
    const points = received.map((one) => one.body.split('"timeUnixNano"').length - 1)
    expect(home.result().exports?.[0]?.rejected).toBe(points.reduce((sum, count) => sum + count, 0))
  })

  test('a signal ends the load, and the metrics of what there was are sent', async () => {
    const { url, received } = await webhookReceiver()
    const home = await scenario({ load: [{ users: 2, for: '60s' }] })
    const run = home.start(['run', 's.json', ...OUT, '--otlp', url, '--log-format', 'json'])
    await expect.poll(() => received.length, { timeout: 30_000 }).toBeGreaterThan(0)
    run.kill('SIGTERM')
    expect((await run.finished).code).toBe(143)
    expect(received.length).toBeGreaterThan(1)
    expectSame(received.at(-1), home.result())
  })
})

describe('export', () => {
  test('sends to several, each with its own headers, and one that is down holds up no other', async () => {
    const { url, received } = await webhookReceiver(({ path }) => (path.startsWith('/down') ? { status: 500 } : { status: 200 }))
    const headers = { authorization: 'Bearer ${env.OTLP_TOKEN}' }
    const home = await scenario({
      export: [
        { otlp: `${url}/a`, headers },
        { otlp: `${url}/down`, histograms: 'exponential', every: '1s' },
      ],
    })
    const env = { OTLP_TOKEN: 'a-token-of-ours', OTEL_EXPORTER_OTLP_HEADERS: 'x-own=not-for-others' }
    await home.call(['run', 's.json', ...OUT], { env })
    const at = (path: string) => received.filter((one) => one.path === path)
    expectSame(at('/a/v1/metrics').at(-1), home.result())
    expect(at('/a/v1/metrics')[0]?.headers.authorization).toBe('Bearer a-token-of-ours')
    expect(received.some(({ headers: sent }) => 'x-own' in sent)).toBe(false)
    expect(at('/down/v1/metrics')[0]?.body).toContain('exponentialHistogram')
    expect(home.result().exports?.map(({ lost }) => lost > 0)).toEqual([false, true])
    for (const name of home.files()) if (name !== 's.json') expect(home.read(name), name).not.toContain('a-token-of-ours')
  })

  test('files of a scenario lie in the folder of the run, those of a flag where it says', async () => {
    const home = await scenario({ export: [{ prometheus: 'live.prom' }, { influx: 'live.lp' }] })
    home.folder('textfiles')
    const flags = ['--export', 'prometheus=textfiles/burn.prom', '--export', 'influx=metrics.lp']
    expect((await home.call(['run', 's.json', ...OUT, ...flags, '--report', 'prometheus'])).code).toBe(0)
    const lastLines = home.read('out/report.prom')
    for (const name of ['out/live.prom', 'textfiles/burn.prom']) expect(home.read(name)).toBe(lastLines)
    expect(home.read('metrics.lp')).toBe(home.read('out/live.lp'))
    expect(home.result().exports?.map(({ kind, to, lost }) => [kind, to, lost])).toEqual([
      ['prometheus', 'live.prom', 0],
      ['influx', 'live.lp', 0],
      ['prometheus', 'textfiles/burn.prom', 0],
      ['influx', 'metrics.lp', 0],
    ])
  })

  test.each([
    [['influx=s.json'], 2, '--export s.json: the run reads this file, and metrics would replace it'],
    [['influx=none/result.json'], 2, 'export to none/result.json: burn itself writes files of that name'],
    [['influx=sessions.jsonl'], 2, 'export to sessions.jsonl: burn itself writes files of that name'],
    [['influx=a.lp', 'influx=./a.lp'], 2, 'two outputs are to be written to ./a.lp'],
    [['prometheus=none/x.prom'], 7, 'cannot write none/x.prom: ENOENT: no such file or directory'],
    [['influx=folder'], 7, 'cannot write folder: it is a folder'],
    [['influx=/dev/null'], 7, 'cannot write /dev/null: it is no regular file'],
  ])('%j is refused before anything is sent', async (named, exit, message) => {
    const home = await scenario()
    home.folder('folder')
    const before = home.read('s.json')
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, ...named.flatMap((one) => ['--export', one])])
    expect([code, stderr.split('\n')[0]]).toEqual([exit, `burn: ${message}`])
    expect([home.files(), home.read('s.json')]).toEqual([['s.json'], before])
  })

  test.each([
    [['prometheus=out/report.prom'], []],
    [['influx=out/junit.xml'], []],
    [[], [{ prometheus: 'report.prom' }]],
  ])('%j and %j: a report in the own folder is refused before anything is sent', async (named, entries) => {
    const home = await scenario({ export: entries })
    home.folder('out')
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, ...named.flatMap((one) => ['--export', one])])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/(?:report\.prom|junit\.xml): burn itself writes files of that name/),
    ])
    expect(home.files()).not.toContain('out/result.json')
  })

  test.each([
    ['two scenarios', ['s.json', 's.json'], 2],
    ['repeats', ['s.json', '--repeat', '3'], 3],
    ['a suite', ['suite.json'], 2],
  ])('%s would replace each other in one file', async (_, named, runs) => {
    const home = await scenario()
    home.write('suite.json', { suite: 'two', tests: [{ scenario: 's.json' }, { name: 'b', scenario: 's.json' }] })
    const { code, stderr } = await home.call(['run', ...named, '--export', 'influx=m.lp'])
    const message = `burn: --export m.lp: each of the ${runs} runs would replace the metrics of the one before`
    expect([code, stderr.split('\n')[0]]).toEqual([2, message])
    expect(home.files().sort()).toEqual(['s.json', 'suite.json'])
  })

  test.skipIf(process.platform === 'win32')('a pipe that nobody reads holds up no run', async () => {
    const home = await scenario({ export: [{ influx: 'live.lp' }] })
    home.folder('out')
    execFileSync('mkfifo', ['f.lp', 'out/live.lp'], { cwd: home.path })
    const flags = ['--export', 'influx=f.lp']
    for (const own of [flags, []]) {
      const { code, stderr } = await home.call(['run', 's.json', ...OUT, '--overwrite', ...own])
      expect([code, stderr]).toEqual([7, expect.stringContaining('it is no regular file')])
    }
  })

  test.each([
    [{ otlp: 'collector:4318' }, 'expected an address that begins with http:// or https://'],
    [{ otlp: 'http://u:p@c' }, 'a user in an address is not sent'],
    [{ otlp: 'http://c', every: '1ms' }, 'expected 1s to 1h'],
    [{ oltp: 'http://c' }, 'did you mean otlp?'],
    [{ statsd: 'http://c' }, 'expected HOST:PORT'],
    [{ influx: 'http://c:8086' }, 'expected the write address'],
    [{ prometheus: 'burn.txt' }, 'expected a file whose name ends with .prom'],
    [{ prometheus: '../burn.prom' }, 'a scenario names a file in the folder of the run'],
    [{ prometheus: '/tmp/burn.prom' }, 'a scenario names a file in the folder of the run'],
    [{ influx: 'result.json' }, 'a scenario names a file in the folder of the run'],
  ])('%j is a problem of the scenario', async (entry, message) => {
    const home = await scenario({ export: [entry] })
    const { code, stdout } = await home.call(['validate', 's.json'])
    expect([code, stdout.includes(message)], stdout).toEqual([2, true])
  })
})
