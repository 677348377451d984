/** `burn monitor`: what it prints and writes, when it ends, and what its exit code says. */
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { goBy } from '../../../src/clock.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { eventually, Home } from '../harness.ts'

const METRICS = `node_cpu_seconds_total{cpu="0",mode="idle"} 100
node_memory_MemTotal_bytes 1000
node_memory_MemAvailable_bytes 100
node_uname_info{nodename="db-1\\u001b[31m"} 1
`
const exporter = (status = 200) =>
  webhookReceiver(({ path }) => ({ status: path.startsWith('/metrics') ? status : 404, body: METRICS }))
const report = (home: Home, folder: string) => JSON.parse(home.read(`${folder}/monitor.json`))

/** Lets 5 ms pass in each turn of the event loop, however long one takes: no reading is left out because the machine stands still. */
function passTurnByTurn(): void {
  const clock = new HandClock()
  const goBack = goBy(clock)
  const timer = setInterval(() => clock.pass(5), 1)
  onTestFinished(() => {
    clearInterval(timer)
    goBack()
  })
}

test('ends when its time is over, with everything that is known of this machine, and what is not as null', async () => {
  const home = new Home()
  const { code, stdout, stderr } = await home.burn(['monitor', '-d', '1', '-i', '250ms', '--process', '1'])
  expect(code).toBe(0)
  const [folder = ''] = home.files().map((name) => name.replace(/\/monitor\.(?:json|md)$/, ''))
  expect(home.files()).toEqual([`${folder}/monitor.json`, `${folder}/monitor.md`])
  expect(folder).toMatch(/^burn-results\/monitor-\d{8}-\d{6}$/)
  const { status, intervalMs, machine, flags } = report(home, folder)
  expect([status, intervalMs]).toEqual(['completed', 250])
  expect(machine).toMatchObject([
    { from: null, failed: 0, withBurn: true, withTarget: null, processes: [{ pid: 1, asked: '1' }] },
  ])
  const { gauges, samples } = machine[0]
  expect(samples).toBeGreaterThan(2)
  expect([gauges.cpus.unit, gauges.cpus.min > 0]).toEqual(['count', true])
  expect(flags.map(({ flag }: { flag: string }) => flag)).toEqual(['cpu', 'memory'])
  expect(stdout).toContain('  memory ')
  expect(stderr).toMatch(/^\d+(?:\.\d+)?m?s · .*memory/m)
  expect(home.read(`${folder}/monitor.md`)).toContain('# What the machine did')
})

test('a signal ends it with a full report', async () => {
  const home = new Home()
  const run = home.start(['monitor', '-d', '10m', '-i', '200ms', '--out', 'o'])
  await run.until(({ stderr }) => stderr.includes('CPU'))
  run.kill('SIGINT')
  const { code, stdout } = await run.finished
  expect(code).toBe(130)
  expect(stdout).toContain('CPU')
  expect(report(home, 'o')).toMatchObject({ status: 'interrupted', machine: [{ gauges: { cpu: { unit: 'ratio' } } }] })
})

test('a signal ends the wait for a silent health check, which then says nothing of the target', async () => {
  const [home, api] = [new Home(), await webhookReceiver((_, nth) => (nth === 1 ? { status: 200 } : 'never'))]
  const run = home.start(['monitor', '-d', '10m', '-i', '200ms', '--out', 'o', '--health', `api=${api.url}/`])
  await expect.poll(() => api.received.length).toBe(2)
  run.kill('SIGINT')
  expect((await run.finished).code).toBe(130)
  expect(report(home, 'o').health).toMatchObject([{ before: { ok: true }, checks: 0, failed: 0, cut: 1 }])
})

test('a second signal ends it at once while the last look hangs; what was seen before is there', async () => {
  const [home, node] = [new Home(), await webhookReceiver((_, nth) => (nth < 3 ? { status: 200, body: METRICS } : 'never'))]
  const run = home.start(['monitor', '-d', '10m', '-i', '200ms', '--out', 'o', '--from', node.url])
  await expect.poll(() => node.received.length).toBe(3)
  // Another one, as two of a kind may become one; the exit code is that of the first, once the process has taken it.
  run.kill('SIGINT')
  await eventually(() => /^ShdPnd:\s*0+$/m.test(readFileSync(`/proc/${run.process.pid}/status`, 'utf8')), 'no signal that waits')
  run.kill('SIGTERM')
  const { code, stdout } = await run.finished
  expect([code, stdout]).toEqual([130, ''])
  expect(report(home, 'o')).toMatchObject({ status: 'running', machine: [{ failed: 0 }] })
  expect(home.files()).toEqual(['o/monitor.json'])
})

test('leaves what it saw when it is killed, from the beginning', async () => {
  const home = new Home()
  const run = home.start(['monitor', '-d', '10m', '-i', '200ms', '--out', 'o'])
  await run.until(({ stderr }) => stderr.includes('CPU'))
  run.kill('SIGKILL')
  await run.finished
  expect(report(home, 'o')).toMatchObject({ status: 'running', machine: [{ from: null }] })
})

test('ends with a full report when nobody reads its lines any more', async () => {
  const home = new Home()
  const { code, stdout } = await home.shell('$BURN monitor -d 10m -i 200ms --json --out o -q | head -1; exit ${PIPESTATUS[0]}')
  expect([code, JSON.parse(stdout).event]).toEqual([0, 'sample'])
  expect(report(home, 'o')).toMatchObject({ status: 'interrupted' })
  expect(home.files()).toEqual(['o/monitor.json', 'o/monitor.md'])
})

test('a machine that fell silent holds no bound, and one that was beyond it before stays there', async () => {
  passTurnByTurn()
  const node = await webhookReceiver((_, nth) => ({ status: nth > 2 ? 503 : 200, body: METRICS }))
  const monitorWith = async (bound: string) => {
    node.received.splice(0)
    const args = ['monitor', '-d', '800ms', '-i', '200ms', '--from', `127.0.0.1:${node.port}`, '--overwrite', '--out', 'o']
    return new Home().call([...args, '--max-memory', bound])
  }
  const below = await monitorWith('95%')
  expect([below.code, below.stdout]).toEqual([
    1,
    expect.stringMatching(/memory peak of db-1.*: unknown \(\d of \d looks failed: status 503\), expected at most 95%/),
  ])
  const beyond = await monitorWith('85%')
  expect([beyond.code, beyond.stdout]).toEqual([1, expect.stringMatching(/memory peak of db-1.*: 90%, expected at most 85%/)])
})

test('a node-exporter and health checks: bounds that were asked for decide the exit code', async () => {
  const [home, node, api] = [new Home(), await exporter(), await webhookReceiver((_, nth) => ({ status: nth === 1 ? 200 : 500 }))]
  const base = [
    'monitor',
    '-d',
    '600ms',
    '-i',
    '200ms',
    '--from',
    `127.0.0.1:${node.port}`,
    '--health',
    `api=${api.url}/`,
    '--overwrite',
    '--out',
    'o',
  ]
  const { code, stdout } = await home.call(base)
  expect(code).toBe(0)
  expect(stdout).toContain('memory peak of db-1')
  expect(stdout).toContain('availability of api: 0%, expected at least 95%')
  expect(stdout).not.toContain('\u001b[31m')
  const { machine, health, flags } = report(home, 'o')
  expect(machine).toMatchObject([
    { from: `${node.url}/metrics`, processes: null, gauges: { memory: { max: 0.9 }, cpu: null, load1: null } },
  ])
  expect(health).toMatchObject([{ name: 'api', before: { ok: true }, availability: 0 }])
  expect(flags.map(({ flag, holds, asked }: { flag: string; holds: boolean; asked: boolean }) => [flag, holds, asked])).toEqual([
    ['cpu', false, false],
    ['memory', false, false],
    ['availability', false, false],
  ])
  expect((await home.call([...base, '--max-memory', '95%', '--min-availability', '0'])).code).toBe(0)
  expect((await home.call([...base, '--max-memory', '85%'])).code).toBe(1)
  // What nobody tells holds no bound.
  const unknown = await home.call([...base, '--max-cpu', '100%'])
  expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining('CPU peak of db-1')])
  expect(unknown.stdout).toContain('unknown, expected at most 100%')
})

test('--json: a line for each moment, and the report', async () => {
  passTurnByTurn()
  const [home, node] = [new Home(), await exporter()]
  const listening = process.stdout.listenerCount('error')
  const { stdout, stderr } = await home.call(['monitor', '-d', '1s', '-i', '300ms', '--from', node.url, '--json', '-q'])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ event }) => event)).toEqual([...lines.slice(1).map(() => 'sample'), 'report'])
  expect(lines.length).toBeGreaterThan(2)
  expect(lines[0]).toMatchObject({ gauges: { memory: 0.9, cpu: null }, perSecond: { disk_reads: null } })
  expect(lines.at(-1)).toMatchObject({ status: 'completed', schemaVersion: '1.0' })
  expect(stderr).toBe('')
  expect(process.stdout.listenerCount('error')).toBe(listening)
})

test('a token for the exporter is in no output', async () => {
  const [home, node] = [new Home(), await exporter()]
  const args = [
    'monitor',
    '-d',
    '300ms',
    '-i',
    '300ms',
    '--out',
    'o',
    '--from',
    `${node.url}/metrics?key=s3cr3t-query`,
    '--from-header',
    'authorization: Bearer s3cr3t-token',
  ]
  const { stdout, stderr } = await home.call(args)
  expect(node.received[0]?.headers.authorization).toBe('Bearer s3cr3t-token')
  for (const text of [stdout, stderr, home.read('o/monitor.json'), home.read('o/monitor.md')])
    expect(text).not.toContain('s3cr3t')
})

test.each([
  [['--from', 'http://127.0.0.1:1/'], 3, 'nothing can be learned of the machine'],
  [['--from', 'http://u:p@h/'], 2, '--from-header'],
  [['--from', 'h', '--process', 'node'], 2, 'does not tell of processes'],
  [['--from-header', 'a: b'], 2, 'no --from'],
  [['--health', 'nonsense'], 2, '--health nonsense: '],
  [['-i', '50ms'], 2, '--interval 50ms'],
  [['-d', '1s', '-i', '2s'], 2, '--interval 2s'],
  [['-d', 'soon'], 2, '--duration soon'],
  [['--max-cpu', '180'], 2, '--max-cpu 180'],
])('%j ends at once with %d: %s', async (args, code, words) => {
  const home = new Home()
  const finished = await home.call(['monitor', ...args])
  expect([finished.code, finished.stderr]).toEqual([code, expect.stringContaining(words)])
  expect(home.files()).toEqual([])
})

test('a folder that holds an earlier report is kept', async () => {
  const home = new Home()
  home.write('o/monitor.json', 'mine')
  const { code, stderr } = await home.call(['monitor', '-d', '1', '--out', 'o'])
  expect([code, stderr]).toEqual([7, expect.stringContaining('already holds monitor.json')])
  expect(home.read('o/monitor.json')).toBe('mine')
})

test.each([
  [['--from', 'http://u:hush1234@db:9100'], /^burn: --from http:\/\/db:9100: expected the address of a node-exporter\n/],
  [
    ['--health', 'http://u:hush1234@h/x?key=hush1234'],
    /^burn: --health http:\/\/h\/x: expected an address .* without a user in it\n/,
  ],
])('%j is refused without its password', async (flags, message) => {
  const { code, stderr } = await new Home().call(['monitor', '-d', '1', ...flags])
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  expect(stderr).not.toContain('hush1234')
})
