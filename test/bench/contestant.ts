/** The programs that the benchmark compares: how each is started, and how many requests or events it made. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const shell = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
/** Scenarios and results of this run of the benchmark. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'burn-bench-'))

/** The load of one part of the benchmark. */
export interface Load {
  readonly users: number
  readonly seconds: number
}

/** A program that makes requests. */
export interface Contestant {
  readonly name: string
  /** Returns its command line. */
  command(url: string, load: Load): readonly string[]
  /** Returns the number of replies, or of events of streams, after it has ended; `stdout` is what it printed. */
  count(stdout: string): number
  /** Returns what else is worth printing, such as the verdict; '' by default. */
  note?(): string
}

const POST_BODY = {
  model: 'bench',
  messages: [{ role: 'user', content: `{{user.id}} {{randomInt 1000 9999}} ${'x'.repeat(128)}` }],
}
const CHECKS = [{ status: 200 }, { contains: 'ok' }, { json: { path: '$.status', equals: 'ok' } }, { latency: '< 5s' }]
const GET = { request: { method: 'GET' } }
const POST = { request: { method: 'POST', json: POST_BODY }, expect: CHECKS }

interface BurnResult {
  readonly verdict: string
  readonly generator: { readonly lag: { readonly percentiles: { readonly p99: number | null } } | null }
  readonly total: {
    readonly counts: Readonly<Record<string, number>>
    readonly distributions: Readonly<Record<string, { readonly count: number }>>
  }
}

/** burn itself, from `dist`, as users start it; `parts` are the keys of its scenario. */
export function burn(
  name: string,
  parts: (url: string, load: Load) => object,
  count: (result: BurnResult) => number = ({ total }) => total.counts.ok ?? Number.NaN,
): Contestant {
  const slug = name.replaceAll(/\W+/g, '-')
  const out = join(FOLDER, slug)
  const read = () => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as BurnResult
  return {
    name,
    command(url, load) {
      const file = join(FOLDER, `${slug}.json`)
      writeFileSync(file, JSON.stringify({ name: slug, ...parts(url, load) }))
      return [process.execPath, join(ROOT, 'bin/burn.js'), 'run', file, '--log', 'none', '--out', out, '--overwrite', '--quiet']
    },
    count: () => count(read()),
    note: () => noteOf(read()),
  }
}

function noteOf({ verdict, generator, total }: BurnResult): string {
  const lag = generator.lag?.percentiles.p99
  const { planned, ok, failed, cut, dropped } = total.counts
  return `${verdict}; lag p99 ${lag?.toFixed(2) ?? '–'} ms; planned ${planned}, ok ${ok}, failed ${failed}, cut ${cut}, dropped ${dropped}`
}

const closed = ({ users, seconds }: Load) => [{ users, for: `${seconds}s` }]

/** burn with users that send one request after the other. */
export const burnGet = burn('burn', (url, load) => ({ target: { url }, load: closed(load), steps: [GET] }))
/** The same load, made by two processes. */
export const burnWorkers: Contestant = {
  ...burnGet,
  command: (url, load) => [...burnGet.command(url, load), '--workers', '2'],
}
/** burn with templates in the request and four checks of the reply. */
export const burnPost = burn('burn, templates and 4 checks', (url, load) => ({
  target: { url },
  load: closed(load),
  steps: [POST],
}))
/** burn with the streams of a chat API. */
export const burnStream = burn(
  'burn',
  (url, load) => ({
    target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'bench' },
    load: closed(load),
    steps: [{ message: 'hello' }],
  }),
  // Each event but the first ends a gap.
  ({ total: { distributions } }) => (distributions.ttft?.count ?? 0) + (distributions.itl?.count ?? 0),
)

/** burn on a timetable. */
export const burnOpen = (perSecond: number): Contestant =>
  burn(`burn ${perSecond}/s`, (url, { seconds }) => ({
    target: { url },
    load: [{ rate: `${perSecond}/s`, for: `${seconds}s` }],
    steps: [GET],
  }))

/** The client of `client.ts`: what no engine can undercut. */
export function ownClient(kind: 'get' | 'post' | 'stream'): Contestant {
  const path = kind === 'stream' ? '/v1/chat/completions' : '/'
  return {
    name: kind === 'stream' ? 'net client, JSON.parse' : 'net client',
    command: (url, { users, seconds }) => {
      const script = join(import.meta.dirname, 'client.ts')
      return [process.execPath, script, kind, url + path, String(users), String(seconds)]
    },
    count: Number,
  }
}

const aiohttp: Contestant = {
  name: 'aiohttp',
  command: (url, { users, seconds }) => {
    const script = join(import.meta.dirname, 'aiohttp_client.py')
    return ['/usr/bin/python3', script, `${url}/v1/chat/completions`, String(users), String(seconds)]
  },
  count: Number,
}

function program(name: string, args: (load: Load) => readonly string[], counted: RegExp): Contestant {
  return {
    name,
    command: (url, load) => [name, ...args(load), `${url}/`],
    count: (stdout) => Number(counted.exec(stdout)?.[1]),
  }
}

const wrk = program('wrk', ({ users, seconds }) => ['-t1', `-c${users}`, `-d${seconds}s`], /(\d+) requests in/)
const hey = program(
  'hey',
  ({ users, seconds }) => ['-c', `${users}`, '-z', `${seconds}s`, '-cpus', '1'],
  /\[200\]\s+(\d+) responses/,
)

/** A package that is no dependency: it is found beside burn's own, or in a folder that the environment variable BENCH_MODULES names (several with `:` between). */
function packaged(name: string): string | undefined {
  try {
    const folders = [ROOT, ...(process.env.BENCH_MODULES?.split(':') ?? [])].map((folder) => join(folder, 'node_modules'))
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`, { paths: folders }))
  } catch {
    return undefined
  }
}

function autocannon(folder: string): Contestant {
  return {
    name: 'autocannon',
    command: (url, { users, seconds }) => [
      process.execPath,
      join(folder, 'autocannon.js'),
      ...['-j', '-n', '-c', String(users), '-d', String(seconds), `${url}/`],
    ],
    count: (stdout) => (JSON.parse(stdout) as { requests: { total: number } }).requests.total,
  }
}

/** Requests per second of Artillery on one core. */
const ARTILLERY_PER_SECOND = 2000

function artillery(folder: string): Contestant {
  const file = join(FOLDER, 'artillery.json')
  const out = join(FOLDER, 'artillery-out.json')
  return {
    name: 'Artillery',
    command: (url, { users, seconds }) => {
      // It has no way to end a loop at a time: its loops are as long as it usually manages in that time.
      const flow = [{ loop: [{ get: { url: '/' } }], count: Math.ceil((ARTILLERY_PER_SECOND * seconds) / users) }]
      const phases = [{ duration: 1, arrivalCount: users }]
      writeFileSync(file, JSON.stringify({ config: { target: url, phases, http: { timeout: 30 } }, scenarios: [{ flow }] }))
      const privately = ['env', 'DO_NOT_TRACK=1', 'ARTILLERY_DISABLE_TELEMETRY=true', 'WORKERS=1']
      return [...privately, process.execPath, join(folder, 'bin/run'), 'run', '-q', '-o', out, file]
    },
    count: () => {
      const { aggregate } = JSON.parse(readFileSync(out, 'utf8')) as { aggregate: { counters: Record<string, number> } }
      return aggregate.counters['http.responses'] ?? Number.NaN
    },
  }
}

async function runs(...command: readonly [string, ...string[]]): Promise<boolean> {
  const [file, ...args] = command
  return shell(file, args).then(
    () => true,
    () => false,
  )
}

/** The peers that this machine has, by part of the benchmark, and the names of those that it has not. */
export async function peers(): Promise<{ http: Contestant[]; streams: Contestant[]; missing: string[] }> {
  const [cannon, shells] = [packaged('autocannon'), packaged('artillery')]
  const found = {
    wrk: await runs('sh', '-c', 'command -v wrk'),
    hey: await runs('sh', '-c', 'command -v hey'),
    autocannon: cannon !== undefined,
    Artillery: shells !== undefined && existsSync(join(shells, 'bin/run')),
    aiohttp: await runs('/usr/bin/python3', '-c', 'import aiohttp'),
  }
  return {
    http: [
      ...(cannon === undefined ? [] : [autocannon(cannon)]),
      ...(found.wrk ? [wrk] : []),
      ...(found.hey ? [hey] : []),
      ...(shells === undefined || !found.Artillery ? [] : [artillery(shells)]),
    ],
    streams: found.aiohttp ? [aiohttp] : [],
    missing: Object.entries(found).flatMap(([name, is]) => (is ? [] : [name])),
  }
}
