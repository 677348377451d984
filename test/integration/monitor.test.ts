/** `burn monitor` beside second sources: Debian's node-exporter, and /proc as the test reads it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import type { WatchedMachine } from '../../src/result/schema.ts'
import { Home } from '../cli/harness.ts'
import { deadPort } from '../support/own-port.ts'

/** Starts a program that ends with the test. */
function started(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Starts Debian's node-exporter on a free port; resolves when it answers. */
async function nodeExporter(): Promise<string> {
  const url = `http://127.0.0.1:${await deadPort()}`
  started('prometheus-node-exporter', [`--web.listen-address=${url.slice('http://'.length)}`])
  const answers = () =>
    fetch(`${url}/metrics`).then(
      ({ ok, body }) => body?.cancel().then(() => ok),
      () => false,
    )
  await expect.poll(answers).toBe(true)
  return url
}

/** The sum of a metric's series, by the text of the exporter itself. */
async function told(url: string, series: RegExp): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Array.from(text.matchAll(series), ([, value]) => Number(value)).reduce((sum, value) => sum + value, 0)
}

async function monitored(args: readonly string[]): Promise<WatchedMachine> {
  const home = new Home()
  const { code, stderr } = await home.burn(['monitor', '-d', '3s', '-i', '500ms', '--out', 'o', '-q', ...args])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(home.read('o/monitor.json')).machine[0]
}

test('figures of a node-exporter lie between what it says itself before and after', async () => {
  const url = await nodeExporter()
  const written = /^node_disk_written_bytes_total\{device="(?!zram|loop|dm-|md)[^"]*"\} (\S+)$/gm
  const retransmits = /^node_netstat_Tcp_RetransSegs (\S+)$/gm
  const before = [await told(url, written), await told(url, retransmits)]
  const machine = await monitored(['--from', url])
  const after = [await told(url, written), await told(url, retransmits)]
  expect(machine).toMatchObject({ host: hostname(), from: `${url}/metrics`, failed: 0, withTarget: null })
  const { gauges, counters } = machine
  for (const [index, name] of ['disk_written_bytes', 'tcp_retransmits'].entries()) {
    expect(counters[name]?.delta).toBeGreaterThanOrEqual(0)
    expect(counters[name]?.delta).toBeLessThanOrEqual((after[index] ?? 0) - (before[index] ?? 0))
  }
  const total = await told(url, /^node_memory_MemTotal_bytes (\S+)$/gm)
  expect((gauges.memory_bytes?.max ?? 0) / (gauges.memory?.max ?? 1)).toBeCloseTo(total, -4)
  expect(gauges.cpus?.max).toBe(cpus())
  expect(gauges.cpu?.max).toBeLessThanOrEqual(1)
})

/** The CPUs that the kernel lists. */
const cpus = () => readFileSync('/proc/stat', 'utf8').match(/^cpu\d+ /gm)?.length ?? 0

/** Time that a process has had a CPU, in s, as /proc tells the test. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

test('a busy process is seen as busy as /proc says, and one beside it that sleeps is not', async () => {
  const busy = started(process.execPath, ['-e', 'for (;;);'])
  const idle = started(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'])
  await Promise.all([busy, idle].map((child) => once(child, 'spawn')))
  const [busyPid, idlePid] = [busy.pid ?? 0, idle.pid ?? 0]
  await expect.poll(() => cpuSeconds(busyPid)).toBeGreaterThan(0.5)
  const before = cpuSeconds(busyPid)
  const { processes, gauges } = await monitored(['--process', String(busyPid), '--process', String(idlePid)])
  const spent = cpuSeconds(busyPid) - before
  const of = (pid: number) => processes?.find((one) => one.pid === pid)
  const [seen, quiet] = [of(busyPid), of(idlePid)]
  const seconds = ((seen?.untilMs ?? 0) - (seen?.fromMs ?? 0)) / 1000
  expect(seconds).toBeGreaterThan(2)
  expect((seen?.cpu?.mean ?? 0) * seconds).toBeGreaterThan(0.1)
  // The CPU time that the test reads began before, and ended behind burn's; the kernel counts it in ticks of 10 ms.
  expect((seen?.cpu?.mean ?? 0) * seconds).toBeLessThanOrEqual(spent + 0.02)
  expect(quiet?.cpu?.mean).toBeLessThan((seen?.cpu?.mean ?? 0) / 4)
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${idlePid}/status`, 'utf8'))?.[1]) * 1024
  expect(quiet?.rssBytes?.max).toBeGreaterThan(rss / 2)
  expect(quiet?.rssBytes?.max).toBeLessThan(rss * 2)
  // One CPU of all is busy at least with that process.
  expect(gauges.cpu?.max).toBeGreaterThanOrEqual(((seen?.cpu?.mean ?? 0) / cpus()) * 0.8)
})
