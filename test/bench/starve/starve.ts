/**
 * `npm run bench -- starve`: starves burn in twelve ways under several loads, and compares what it says with what the target saw. Then a
 * plain chat on a machine that is merely busy. Ways that the machine does not allow are skipped, with the reason.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Result } from '../../../src/result/schema.ts'
import { type Finding, judge, LOADS, type Load, PLAIN } from './loads.ts'
import type { Truth } from './target.ts'
import { busyLoops, normally, WAYS, type Way } from './ways.ts'

const BURN = join(import.meta.dirname, '../../../bin/burn.js')
/** Requests after which the load is under way. */
const UNDER_WAY = 5
/** Busy processes beside the plain chat. */
const BUSY = 5
/** Processes that the load counts as well: burn, the target and this one. */
const OWN = 3

/** One run, and what is true of it. */
export interface Run {
  readonly way: string
  readonly load: string
  readonly result: Result
  readonly finding: Finding
}

/** No starving: the control. */
export const CONTROL: Way = { name: 'not starved', begin: () => () => {} }
/** The machine has a load of `BUSY` beside burn from its start on. */
const busyMachine: Way = { name: `load ${BUSY}`, begin: () => () => {} }

/** The target with its stamps, and a folder for the runs. */
export interface Bench {
  play(way: Way, load: Load, seconds: number): Promise<Run>
  end(): void
}

/** Starts the target. It and this process go before all others where that is allowed, so that stamps and stops are punctual. */
export async function startBench(): Promise<Bench> {
  if (normally.length > 0) setPriority(-20)
  const target = spawn(process.execPath, [join(import.meta.dirname, 'target.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [url] = (await once(createInterface({ input: target.stdout }), 'line')) as [string]
  const folder = mkdtempSync(join(tmpdir(), 'burn-starve-'))
  return {
    play: (way, load, seconds) => play(way, load, { url, folder, seconds }),
    end: () => {
      target.kill()
      if (normally.length > 0) setPriority(0)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Place {
  readonly url: string
  readonly folder: string
  readonly seconds: number
}

async function play(way: Way, load: Load, { url, folder, seconds }: Place): Promise<Run> {
  const [file, out] = [join(folder, 'scenario.json'), join(folder, 'out')]
  writeFileSync(file, JSON.stringify({ name: 'starve', ...load.scenario(url, seconds, way.bytes ?? 100) }))
  // What an earlier run left is no answer to this one.
  rmSync(out, { recursive: true, force: true })
  await (await fetch(`${url}/truth`)).text()
  const [command = '', ...args] = [...normally, ...(way.prefix ?? []), process.execPath, BURN, 'run', file]
  const child = spawn(command, [...args, '--out', out, '--overwrite', '--quiet'], {
    stdio: 'ignore',
    env: { ...process.env, ...way.env },
  })
  const exited = once(child, 'exit')
  try {
    if (child.pid !== undefined) way.prepare?.(child.pid)
    await untilUnderWay(url, child)
    const finish = way.begin(child, folder)
    await Promise.race([sleep(seconds * 1000), exited])
    finish()
    await exited
  } finally {
    child.kill('SIGKILL')
    way.clear?.()
  }
  const truth = (await (await fetch(`${url}/truth`)).json()) as Truth
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as Result
  return { way: way.name, load: load.name, result, finding: judge(load, seconds, result, truth) }
}

async function untilUnderWay(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && Number(await (await fetch(`${url}/count`)).text()) < UNDER_WAY) await sleep(20)
}

/** Prints a run as a line of the table. */
function print({ way, load, result, finding }: Run): void {
  const reasons = result.validity.reasons.map(({ level, code }) => (level === 'invalid' ? code.toUpperCase() : code)).join(', ')
  const { lag, disturbedMs, loopDelay } = result.generator
  const share = ((disturbedMs / result.durationMs) * 100).toFixed(0)
  const own = `${lag?.percentiles.p99?.toFixed(0)} / ${lag?.mean?.toFixed(0)}, ${loopDelay.p99.toFixed(0)}, ${share} %`
  console.log(
    `| ${way} | ${load} | ${result.exitCode} ${result.verdict} | ${reasons} | ${own} | ${finding.kind === 'true' ? '' : `**${finding.kind}** `}${finding.why} |`,
  )
}

function head(): void {
  console.log('\n| starved by | load | exit | reasons (INVALID) | lag p99 / mean, loop delay p99, disturbed | beside the truth |')
  console.log('| --- | --- | --- | --- | --- | --- |')
}

/** How many processes run or wait for a CPU; NaN where the system does not say. */
function running(): number {
  return existsSync('/proc/loadavg') ? Number(readFileSync('/proc/loadavg', 'utf8').split(/[ /]/)[3]) - 1 : Number.NaN
}

/** Does work, and returns it with the average number of processes that ran or waited meanwhile. */
async function withLoad<T>(work: Promise<T>): Promise<{ readonly made: T; readonly load: number }> {
  const samples: number[] = []
  const sampler = setInterval(() => samples.push(running()), 50)
  const made = await work.finally(() => clearInterval(sampler))
  return { made, load: samples.reduce((sum, one) => sum + one, 0) / samples.length }
}

/** Plain chats on a machine with a load of `BUSY`. Whatever else it does counts towards that; when it does much more, the chat does not count. */
async function plainChats(bench: Bench, rounds: number): Promise<void> {
  head()
  const chats: Run[] = []
  for (let tries = 0; chats.length < rounds && tries < 2 * rounds; tries += 1) {
    const others = (await withLoad(sleep(1000))).load
    const end = busyLoops(Math.max(0, BUSY - Math.round(others || 0)))
    const { made, load } = await withLoad(bench.play(busyMachine, PLAIN, 10)).finally(end)
    print({ ...made, way: `load ${load.toFixed(1)}` })
    if (!(load > BUSY + OWN)) chats.push(made)
  }
  const invalid = chats.filter(({ result }) => result.exitCode === 4).length
  console.log(`INVALID on a machine with load ${BUSY}: ${invalid} of ${chats.length}`)
}

/** Runs the benchmark and prints its tables. `isShort`: two seconds for each load and five plain chats. */
export async function starve(isShort: boolean): Promise<void> {
  const bench = await startBench()
  try {
    head()
    const runs: Run[] = []
    for (const way of [CONTROL, ...WAYS]) {
      const why = way.impossible?.()
      if (why !== undefined) console.log(`| ${way.name} | skipped: ${why} | | | | |`)
      for (const load of why === undefined ? LOADS : []) {
        const run = await bench.play(way, load, isShort ? 2 : 4)
        runs.push(run)
        print(run)
      }
    }
    for (const kind of ['false pass', 'false fail', 'false invalid'] as const)
      console.log(`${kind}: ${runs.filter(({ finding }) => finding.kind === kind).length} of ${runs.length}`)
    await plainChats(bench, isShort ? 5 : 20)
  } finally {
    bench.end()
  }
}
