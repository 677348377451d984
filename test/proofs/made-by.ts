/** One scenario, run by this process, by two workers of the built command, or by three shards of it whose results are merged: whoever makes a load, a proof holds. */
import { expect } from 'vitest'
import { now, wallAnchor } from '../../src/clock.ts'
import { monotonicMs } from '../../src/mock/persona/pace.ts'
import type { MockStats } from '../../src/mock/state/state.ts'
import type { Result } from '../../src/result/schema.ts'
import type { JournalEntry } from '../../src/store/journal/entry.ts'
import { eventually, type Finished, Home } from '../cli/harness.ts'
import { type RunInput, runScenario } from '../support/run.ts'

export const MADE_BY = ['one process', 'two workers', 'three shards'] as const
type MadeBy = (typeof MADE_BY)[number]

const SHARDS = [1, 2, 3]
/** How exactly the clocks of two processes are known to each other, in ms: results hold their start in whole ms. */
const APART_MS = 2

interface MadeOptions {
  /** The address of the mock that the scenario loads. */
  readonly url: string
  /** True to keep all attempts. */
  readonly keep?: boolean
  /** Called when the load begins. */
  readonly during?: () => void
}

interface FirstToken {
  readonly iteration: number
  /** When it came, on the monotonic clock of the machine, in ms. */
  readonly at: number
}

interface Made {
  readonly result: Result
  /** The first token of each attempt, when they are kept. */
  readonly firstTokens: readonly FirstToken[]
  /** How far these moments may be off, in ms. */
  readonly apartMs: number
}

/** Runs the scenario. Whether its thresholds hold and this machine was quiet is the caller's to judge. */
export async function madeBy(by: MadeBy, input: RunInput, options: MadeOptions): Promise<Made> {
  if (by === 'one process') return here(input, options)
  const home = new Home()
  home.write('s.json', input)
  const begun = options.during && whenLoaded(options.url, options.during)
  const flags = ['run', 's.json', '--seed', 'test', '--no-preflight', '--log', options.keep ? 'all' : 'none', '-q']
  const folders = by === 'two workers' ? [await workers(home, flags)] : await shards(home, flags)
  await begun
  const result = home.result(by === 'two workers' ? 'out' : 'whole')
  return { result, firstTokens: options.keep ? folders.flatMap((folder) => firstTokensIn(home, folder)) : [], apartMs: APART_MS }
}

async function here(input: RunInput, { keep = false, during }: MadeOptions): Promise<Made> {
  const { result, attempts } = await runScenario(input, { keep, ...(during && { during }) })
  const offset = monotonicMs() - now()
  const firstTokens = attempts.map(({ exchange, start }) => ({
    iteration: start.iteration,
    at: exchange.firstTokenAt + offset,
  }))
  return { result, firstTokens, apartMs: 0.1 }
}

async function workers(home: Home, flags: readonly string[]): Promise<string> {
  hasMeasured(await home.burn([...flags, '--workers', '2', '--out', 'out']))
  expect(home.result().shards?.merged).toHaveLength(2)
  return 'out'
}

async function shards(home: Home, flags: readonly string[]): Promise<string[]> {
  const folders = SHARDS.map((i) => `p${i}`)
  const each = SHARDS.map((i) => ['--shard', `${i}/${SHARDS.length}`, '--barrier', 'meet', '--max-skew', '1m', '--out', `p${i}`])
  const env = { BURN_RUN_ID: 'proof' }
  for (const part of await Promise.all(each.map((own) => home.burn([...flags, ...own], { env })))) hasMeasured(part)
  hasMeasured(await home.burn(['merge', ...folders, '--out', 'whole']))
  expect(home.result('whole').shards).toMatchObject({ of: SHARDS.length, missing: [] })
  return folders
}

/** A target with faults fails the run, and on a machine that was not quiet the numbers are not valid: they are judged all the same. */
function hasMeasured({ code, stderr }: Finished): void {
  expect([0, 1, 4], stderr).toContain(code)
}

async function whenLoaded(url: string, during: () => void): Promise<void> {
  const hasBegun = async () => ((await (await fetch(`${url}/__mock/stats`)).json()) as MockStats).requests > 0
  await eventually(hasBegun, 'the first request')
  during()
}

/** What the journal of a process says, whose clock began to count when its result says. */
function firstTokensIn(home: Home, folder: string): FirstToken[] {
  const { startTime } = home.result(folder)
  const offset = startTime - wallAnchor() + monotonicMs() - now()
  const lines = home.read(`${folder}/sessions.jsonl`).trim().split('\n').slice(1)
  const entries = lines.map((line) => JSON.parse(line) as JournalEntry)
  return entries.map(({ iteration, sentAtMs, ttftMs }) => ({
    iteration,
    at: offset + (sentAtMs ?? Number.NaN) + (ttftMs ?? Number.NaN),
  }))
}
