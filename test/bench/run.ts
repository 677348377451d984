/**
 * `npm run bench`: what a request costs burn, beside other programs on the same machine in the same minute, and how late burn is on a
 * timetable. Contestants take turns, so that whatever else the machine does hits all of them; medians are printed, and the ratio to burn.
 * Loopback only. Takes about a minute; `npm run bench -- 7 3` makes 7 rounds of 3 s.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { LagRound, Round } from './contestant.ts'

const run = promisify(execFile)
const USERS = 10
const LAG_RATE = 1000
const LAG_SECONDS = 5
const [rounds = 5, seconds = 2] = process.argv.slice(2).map(Number)

interface Contestant {
  readonly name: string
  readonly play: (url: string) => Promise<Round>
}

async function contestant<T>(kind: string, url: string, users: number, forSeconds: number): Promise<T> {
  const script = join(import.meta.dirname, 'contestant.ts')
  const { stdout } = await run(process.execPath, [script, kind, url, String(users), String(forSeconds)])
  return JSON.parse(stdout) as T
}

const own = (name: string): Contestant => ({ name, play: (url) => contestant(name, url, USERS, seconds) })

/** A program of the system, timed by the shell: user and system seconds come last on stderr. */
function program(name: string, command: (url: string) => string, requestsIn: RegExp): Contestant {
  return {
    name,
    async play(url) {
      const { stdout, stderr } = await run('bash', ['-c', `TIMEFORMAT='%R %U %S'; time ${command(url)}`])
      const [real = Number.NaN, user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '')
        .split(' ')
        .map(Number)
      return { requests: Number(requestsIn.exec(stdout)?.[1]), seconds: real, cpuSeconds: user + system }
    },
  }
}

const PROGRAMS = [
  program('wrk', (url) => `wrk -t1 -c${USERS} -d${seconds}s ${url}/`, /(\d+) requests in/),
  program('hey', (url) => `hey -c ${USERS} -z ${seconds}s -cpus 1 ${url}/`, /\[200\]\s+(\d+) responses/),
]

async function isInstalled(name: string): Promise<boolean> {
  return run('bash', ['-c', `command -v ${name}`]).then(
    () => true,
    () => false,
  )
}

function isModule(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

async function contestants(): Promise<Contestant[]> {
  const found = await Promise.all(PROGRAMS.map(async (one) => ((await isInstalled(one.name)) ? [one] : [])))
  const peers = isModule('autocannon') ? [own('autocannon')] : []
  return [own('burn http'), own('burn chat'), own('undici loop'), ...peers, ...found.flat()]
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

async function costs(url: string): Promise<void> {
  const all = await contestants()
  const played = new Map<string, Round[]>(all.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    // Each has the machine to itself, in turn.
    for (const { name, play } of all) played.get(name)?.push(await play(url))
  }
  const rows = [...played].map(([name, results]) => ({
    name,
    perSecond: median(results.map((r) => r.requests / r.seconds)),
    perCpuSecond: median(results.map((r) => r.requests / r.cpuSeconds)),
  }))
  const base = rows.find(({ name }) => name === 'burn http')?.perCpuSecond ?? Number.NaN
  print([`${rounds} × ${seconds} s, ${USERS} users`, 'requests/s', 'per CPU-second', '÷ burn http'])
  for (const { name, perSecond, perCpuSecond } of rows)
    print([name, perSecond.toFixed(0), perCpuSecond.toFixed(0), (perCpuSecond / base).toFixed(2)])
  const missing = ['autocannon', 'wrk', 'hey'].filter((name) => !played.has(name))
  if (missing.length > 0) console.log(`not installed: ${missing.join(', ')}`)
  console.log(
    '"burn chat" reads streams of 20 tokens. requests/s of burn is its ceiling: one process, a target that does nothing.',
  )
  console.log('Programs of the system are charged for starting up, the others are not.\n')
}

async function lags(url: string): Promise<void> {
  print([`${LAG_RATE}/s for ${LAG_SECONDS} s, lag in ms`, 'p50', 'p99', 'max', 'start_delay p99', 'planned'])
  for (const arrivals of ['constant', 'poisson']) {
    const { planned, p50, p99, max, startDelayP99 } = await contestant<LagRound>(arrivals, url, LAG_RATE, LAG_SECONDS)
    print([arrivals, ...[p50, p99, max, startDelayP99].map((ms) => ms.toFixed(2)), String(planned)])
  }
}

function print([title = '', ...cells]: readonly string[]): void {
  console.log(title.padEnd(34) + cells.map((cell) => cell.padStart(17)).join(''))
}

const server = spawn(process.execPath, [join(import.meta.dirname, 'null-server.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
const [url] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
try {
  await costs(url)
  await lags(url)
} finally {
  server.kill()
}
