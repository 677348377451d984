/** One load generator in a process of its own: `contestant.ts <kind> <url> <users> <seconds>` prints what it did and what it cost. */
import { Client } from 'undici'
import { now } from '../../src/clock.ts'
import { runScenario } from '../support/run.ts'

/** What one round gave. */
export interface Round {
  readonly requests: number
  readonly seconds: number
  readonly cpuSeconds: number
}

/** What a run on a timetable gave, in ms. */
export interface LagRound {
  readonly planned: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly startDelayP99: number
}

const [kind = '', url = '', users = '1', seconds = '1'] = process.argv.slice(2)
const MS = Number(seconds) * 1000

const HTTP = { target: { url }, steps: [{ request: { method: 'GET' } }] }
const CHAT = { target: { preset: 'openai-chat', url: `${url}/v1/chat/completions` } as const, steps: [{ message: 'hello' }] }

async function burn(parts: typeof HTTP | typeof CHAT): Promise<number> {
  const load = [{ users: Number(users), for: `${MS}ms` }]
  const { result } = await runScenario({ name: 'bench', load, ...parts }, { keep: false })
  if (result.total.counts.ok !== result.total.counts.planned) throw new Error(JSON.stringify(result.total.counts))
  return result.total.counts.ok
}

/** The least that undici can do: one request after the other on each connection, replies read and thrown away. */
async function rawUndici(): Promise<number> {
  const until = now() + MS
  let requests = 0
  const user = async () => {
    const client = new Client(url)
    while (now() < until) {
      const { body } = await client.request({ path: '/', method: 'GET' })
      await body.dump()
      requests += 1
    }
    await client.close()
  }
  await Promise.all(Array.from({ length: Number(users) }, user))
  return requests
}

/** An optional peer: not a dependency, so its name is not written where the compiler would look for it. */
async function autocannon(): Promise<number> {
  const name = 'autocannon'
  const run = ((await import(name)) as { default: (options: object) => Promise<{ '2xx': number }> }).default
  const result = await run({ url, connections: Number(users), duration: Number(seconds) })
  return result['2xx']
}

async function lag(arrivals: 'constant' | 'poisson'): Promise<LagRound> {
  const load = [{ rate: `${users}/s`, for: `${MS}ms`, arrivals, maxUsers: 100 }]
  const { result } = await runScenario({ name: 'lag', load, ...HTTP }, { keep: false })
  const { percentiles, max } = result.generator.lag
  return {
    planned: result.total.counts.planned,
    p50: percentiles.p50 ?? Number.NaN,
    p99: percentiles.p99 ?? Number.NaN,
    max: max ?? Number.NaN,
    startDelayP99: result.total.distributions.start_delay?.percentiles.p99 ?? Number.NaN,
  }
}

async function measured(run: () => Promise<number>): Promise<Round> {
  const cpu = process.cpuUsage()
  const startedAt = now()
  const requests = await run()
  const used = process.cpuUsage(cpu)
  return { requests, seconds: (now() - startedAt) / 1000, cpuSeconds: (used.user + used.system) / 1e6 }
}

const KINDS: Readonly<Record<string, () => Promise<Round | LagRound>>> = {
  'burn http': () => measured(() => burn(HTTP)),
  'burn chat': () => measured(() => burn(CHAT)),
  'undici loop': () => measured(rawUndici),
  autocannon: () => measured(autocannon),
  constant: () => lag('constant'),
  poisson: () => lag('poisson'),
}

const run = KINDS[kind]
if (!run) throw new Error(`no contestant "${kind}"; there are ${Object.keys(KINDS).join(', ')}`)
process.stdout.write(JSON.stringify(await run()))
