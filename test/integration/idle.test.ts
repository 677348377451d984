/**
 * As many idle WebSockets as this machine allows, up to BURN_TEST_IDLE_USERS (30,000, which are more than one address has ports for): the built
 * command in several processes, from a pool of local addresses, against a server in processes of its own.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { machineLimits } from '../../src/machine.ts'
import type { Result } from '../../src/result/schema.ts'
import type { Census } from '../servers/idle-farm.ts'
import { Folder, start } from './programs.ts'

const MOST = Number(process.env.BURN_TEST_IDLE_USERS ?? 30_000)
const BIN = join(import.meta.dirname, '..', '..', 'bin', 'burn.js')
const MIB = 1024 * 1024
/** Processes on each side. Each may have its own number of open files. */
const PROCESSES = 3
/** Files of a process that are no connections. */
const OTHER_FILES = 200
/** What a connection may take on both sides together, with the kernel's part of it. */
const BYTES_EACH = 150 * 1024
/** Connections that a core opens and accepts per second, with much to spare. */
const PER_SECOND = 400
const HOLD_SECONDS = 10
const ADDRESSES = 4
/** What a process of burn may take without users, and each of its users. */
const BASE_BYTES = 165 * MIB
const USER_BYTES = 42 * 1024
/** Reasons to doubt a measurement that other work on the machine gives: it kept burn from its CPU. */
const BUSY_MACHINE = ['stall', 'loop_delay', 'lag', 'event_loop', 'throttled']

/** How many can be open at once: files of the processes on either side, ports of the pool, and memory bound it. */
function affordable(): number {
  const { openFiles, localPorts } = machineLimits()
  const files = (openFiles ?? 1024) - OTHER_FILES
  return Math.floor(Math.min(MOST, files * PROCESSES, (localPorts ?? 16_000) * ADDRESSES * 0.9, freemem() / 2 / BYTES_EACH))
}

/** The process and all that it has started. */
function family(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((name): [number, number][] => {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined
    return stat === undefined ? [] : [[Number(name), Number(/\) \S (\d+)/.exec(stat)?.[1])]]
  })
  const below = (one: number): number[] => [one, ...parents.filter(([, parent]) => parent === one).flatMap(([own]) => below(own))]
  return below(pid)
}

function statOf(pid: string | number, file = 'stat'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

/** Memory of a process and of those that it started, in bytes. */
function memoryOf(pid: number): number {
  return family(pid).reduce((sum, one) => sum + Number(statOf(one, 'statm')?.split(' ')[1] ?? 0) * 4096, 0)
}

async function farm() {
  const child = fork(join(import.meta.dirname, '..', 'servers', 'idle-farm.ts'), [String(PROCESSES)])
  onTestFinished(() => child.disconnect())
  const [port] = await once(child, 'message')
  const census = async (): Promise<Census> => {
    const reply = once(child, 'message')
    child.send('count')
    return (await reply)[0]
  }
  return { url: `ws://127.0.0.1:${port}/`, census }
}

const total = (census: Census) => Object.values(census).reduce((sum, count) => sum + count, 0)

test('idle connections from several local addresses: all open at once, in memory that stays where it is', {
  timeout: 600_000,
}, async () => {
  const users = affordable()
  const rampSeconds = Math.ceil(users / (PER_SECOND * Math.min(2, availableParallelism())))
  const folder = new Folder()
  onTestFinished(() => folder.remove())
  const { url, census } = await farm()
  const scenario = folder.write(
    'idle.yaml',
    `
name: idle
target: { url: "${url}", localAddresses: [127.0.1.1-127.0.1.${ADDRESSES}] }
load: [ { users: ${users}, for: ${rampSeconds + HOLD_SECONDS}s, ramp: ${rampSeconds}s } ]
graceful: 5s
steps: [ { request: { text: "still there?" } }, { delay: 1h } ]
thresholds: [ "errors ratio <= 0%" ]
`,
  )
  const flags = ['--workers', String(PROCESSES), '--out', folder.file('out'), '--log', 'none', '--quiet']
  const run = start(process.execPath, [BIN, 'run', scenario, ...flags])
  const samples: number[] = []
  let open: Census = {}
  await expect
    .poll(
      async () => {
        const seen = await census()
        if (total(seen) === users) samples.push(memoryOf(run.child.pid ?? 0))
        if (total(seen) >= total(open)) open = seen
        return run.child.exitCode
      },
      { timeout: 500_000, interval: 1000 },
    )
    .not.toBeNull()
  const { connectionMetrics, total: all, validity, errors }: Result = JSON.parse(folder.read('out/result.json'))
  const half = Math.floor(samples.length / 2)
  const [before, after] = [Math.min(...samples.slice(0, half)), Math.min(...samples.slice(half))]
  const ofUsers = after - PROCESSES * BASE_BYTES
  console.log(
    [
      `${total(open)} idle WebSockets from ${Object.keys(open).length} addresses (${Object.values(open).join(', ')}), opened in ${rampSeconds} s by ${PROCESSES} processes`,
      `memory of burn while all were open, over ${samples.length} s: ${Math.round(before / MIB)}, then ${Math.round(after / MIB)} MiB, ${(ofUsers / users / 1024).toFixed(1)} KiB for each user`,
      ...errors.map(({ class: failureClass, count, sample }) => `${count}x ${failureClass}: ${sample}`),
      `exit code ${run.child.exitCode}, ${validity.state}${validity.reasons.map(({ code, message }) => `; ${code}: ${message}`).join('')}`,
    ].join('\n'),
  )
  expect(total(open)).toBe(users)
  expect(Object.keys(open)).toHaveLength(ADDRESSES)
  for (const count of Object.values(open)) expect(Math.abs(count - users / ADDRESSES)).toBeLessThanOrEqual(PROCESSES)
  expect(all.counts).toMatchObject({ planned: users, ok: users, failed: 0 })
  expect(connectionMetrics).toMatchObject({ totalConnections: users, maxOpenConnections: users, failedConnections: 0 })
  expect(half).toBeGreaterThan(2)
  expect(after).toBeLessThan(before * 1.05)
  expect(ofUsers / users).toBeLessThan(USER_BYTES)
  // 4: a machine with more to do than this test
  expect([0, 4]).toContain(run.child.exitCode)
  expect(validity.reasons.map(({ code }) => code).filter((code) => !BUSY_MACHINE.includes(code))).toEqual([])
})
