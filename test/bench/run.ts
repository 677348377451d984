/**
 * `npm run bench`: what burn costs beside other load generators, on this machine, in one run. The programs take turns, so that whatever
 * else the machine does hits all of them; each is started as a user starts it, on a core of its own, with the target on another. CPU is that
 * of the whole process with its start. Medians are printed with the smallest and the largest value. **Ratios mean something, absolute
 * figures do not.** Loopback only. Needs `npm run build`.
 *
 *   npm run bench -- [part…] [--rounds 5] [--seconds 5]     parts: get post get500 streams open workers micro; all by default
 *   npm run bench -- --short                                a few seconds for each part
 *   npm run bench -- starve [--short]                       what burn says when it is starved (`starve/starve.ts`); only when named
 *
 * Peers that are used when they are there: wrk, hey, python3-aiohttp (Debian packages), autocannon, artillery (npm packages, beside burn's
 * own or in folders that BENCH_MODULES names).
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs, promisify } from 'node:util'
import {
  burnGet,
  burnOpen,
  burnPost,
  burnStream,
  burnWorkers,
  type Contestant,
  FOLDER,
  type Load,
  ownClient,
  peers,
} from './contestant.ts'
import { stages } from './micro.ts'
import { starve } from './starve/starve.ts'

const shell = promisify(execFile)

/** What one round of one program gave. */
interface Round {
  readonly count: number
  readonly cpuSeconds: number
  readonly seconds: number
  readonly note: string
}

interface Part {
  readonly title: string
  readonly unit: string
  readonly load: Load
  readonly contestants: readonly Contestant[]
  /** The program that the others are compared with. */
  readonly beside: string
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, seconds: { type: 'string' }, short: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds ?? (values.short ? 1 : 5))
const seconds = Number(values.seconds ?? (values.short ? 3 : 5))
const canPin =
  availableParallelism() > 1 &&
  (await shell('taskset', ['-c', '0', 'true']).then(
    () => true,
    () => false,
  ))
const pinned = (...cores: readonly number[]) => (canPin ? ['taskset', '-c', cores.join()] : [])

async function play({ command, count, note }: Contestant, url: string, load: Load, cores = [0]): Promise<Round> {
  // The shell measures the program with its children: the seconds of user and system come last on stderr.
  const line = [...pinned(...cores), ...command(url, load)].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const timed = `TIMEFORMAT='%R %U %S'; time ${line}`
  const { stdout, stderr } = await shell('bash', ['-c', timed], { maxBuffer: 2 ** 26 }).catch(asOutput)
  const [real = Number.NaN, user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number)
  return { count: count(stdout), seconds: real, cpuSeconds: user + system, note: note?.() ?? '' }
}

/** A run may end with an exit code, such as that of an invalid run; its output counts. */
function asOutput(error: unknown): { stdout: string; stderr: string } {
  if (error instanceof Error && 'stdout' in error && 'stderr' in error)
    return { stdout: String(error.stdout), stderr: String(error.stderr) }
  throw error
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

const micros = ({ cpuSeconds, count }: Round) => (cpuSeconds / count) * 1e6

async function compare({ title, unit, load, contestants, beside }: Part, url: string): Promise<void> {
  const played = new Map<string, Round[]>(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const one of contestants) played.get(one.name)?.push(await play(one, url, load))
  const costOf = (name: string) => median((played.get(name) ?? []).map(micros))
  console.log(`\n| ${title} | ${unit}s/s | CPU µs per ${unit} (least to most) | CPU ÷ ${beside} |`)
  console.log('| --- | ---: | ---: | ---: |')
  for (const [name, all] of played) {
    const costs = all.map(micros)
    const perSecond = median(all.map(({ count, seconds: took }) => count / took))
    const spread = `${costOf(name).toFixed(1)} (${Math.min(...costs).toFixed(1)} to ${Math.max(...costs).toFixed(1)})`
    console.log(`| ${name} | ${perSecond.toFixed(0)} | ${spread} | ${(costOf(name) / costOf(beside)).toFixed(2)} |`)
  }
}

/** Runs on a timetable: what burn says of itself, and what the target saw. */
async function timetable(perSecond: number, url: string): Promise<void> {
  const one = burnOpen(perSecond)
  await seen(url)
  const { note, cpuSeconds, count } = await play(one, url, { users: 0, seconds })
  const { requests, deviation } = await seen(url)
  const off = deviation ? `p50 ${deviation.p50.toFixed(2)}, p99 ${deviation.p99.toFixed(2)} ms` : 'too few to say'
  const cost = ((cpuSeconds / count) * 1e6).toFixed(0)
  console.log(`| ${one.name} | ${note} | ${requests} | ${off} | ${cost} |`)
}

/** What two workers carry beside one, each on a core of its own, as far as there is one that the target does not need. */
async function workers(url: string): Promise<void> {
  const isShared = availableParallelism() < 3
  const load = { users: 50, seconds }
  const [one, two]: [Round[], Round[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    one.push(await play(burnGet, url, load))
    two.push(await play(burnWorkers, url, load, isShared ? [0, 1] : [0, 2]))
  }
  // Of the load alone: a process more takes longer to start.
  const perSecond = (all: readonly Round[]) => median(all.map(({ count }) => count / seconds))
  console.log('\n| GET, 50 connections | requests/s | ÷ one process |')
  console.log('| --- | ---: | ---: |')
  for (const [name, all] of [
    ['one process', one],
    ['two workers', two],
  ] as const)
    console.log(`| ${name} | ${perSecond(all).toFixed(0)} | ${(perSecond(all) / perSecond(one)).toFixed(2)} |`)
  if (isShared)
    console.log('\nthis machine has two cores, and the target needs one of them: two workers share it with the target')
}

async function seen(url: string): Promise<{ requests: number; deviation: { p50: number; p99: number } | null }> {
  return (await (await fetch(`${url}/seen`)).json()) as Awaited<ReturnType<typeof seen>>
}

const { http, streams, missing } = await peers()
const has = (name: string) => [...http, ...streams].some((one) => one.name === name)
const base = has('autocannon') ? 'autocannon' : 'net client'
const others = (client: 'get' | 'post') => [ownClient(client), ...http]
const PARTS: Readonly<Record<string, (url: string) => Promise<void>>> = {
  get: (url) =>
    compare(
      {
        title: 'GET, 50 connections',
        unit: 'request',
        load: { users: 50, seconds },
        beside: base,
        contestants: [burnGet, ...others('get')],
      },
      url,
    ),
  post: (url) =>
    compare(
      {
        title: 'POST, 50 connections',
        unit: 'request',
        load: { users: 50, seconds },
        beside: 'burn',
        contestants: [burnGet, burnPost, ownClient('post')],
      },
      url,
    ),
  get500: (url) =>
    compare(
      {
        title: 'GET, 500 connections',
        unit: 'request',
        load: { users: 500, seconds },
        beside: base,
        contestants: [burnGet, ...others('get').filter(({ name }) => name !== 'Artillery')],
      },
      url,
    ),
  streams: (url) =>
    compare(
      {
        title: 'chat streams, 100 at 100 events/s',
        unit: 'event',
        load: { users: 100, seconds },
        beside: 'net client, JSON.parse',
        contestants: [burnStream, ownClient('stream'), ...streams],
      },
      url,
    ),
  open: async (url) => {
    console.log('\n| timetable | what burn says | requests at the target | off the even timetable there | CPU µs per request |')
    console.log('| --- | --- | ---: | --- | ---: |')
    for (const perSecond of [1000, 5000, 10_000]) await timetable(perSecond, url)
  },
  workers,
  micro: async () => {
    console.log('\n| stage | µs per attempt |')
    console.log('| --- | ---: |')
    for (const [stage, us] of await stages(values.short)) console.log(`| ${stage} | ${us.toFixed(2)} |`)
  },
  starve: () => starve(values.short),
}

const wanted = positionals.length === 0 ? Object.keys(PARTS).filter((name) => name !== 'starve') : positionals
const unknown = wanted.filter((name) => PARTS[name] === undefined)
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)

const [, ...targetPin] = ['', ...pinned(1), process.execPath, join(import.meta.dirname, 'target.ts')]
const [file = '', ...args] = targetPin
const target = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
const [url] = (await once(createInterface({ input: target.stdout }), 'line')) as [string]
try {
  console.log(
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s, the programs in turn${canPin ? ', each pinned to one core' : ''}`,
  )
  for (const name of wanted) await PARTS[name]?.(url)
  if (missing.length > 0) console.log(`\nnot installed: ${missing.join(', ')}`)
} finally {
  target.kill()
  rmSync(FOLDER, { recursive: true, force: true })
}
