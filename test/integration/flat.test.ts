/** The built command for as long as asked: open files, memory and the files that it writes stay where they are. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder, start } from './programs.ts'

const SECONDS = Number(process.env.BURN_TEST_SOAK_SECONDS ?? 12)
const BIN = join(import.meta.dirname, '..', '..', 'bin', 'burn.js')
const MIB = 1024 * 1024
/** What may come on top: a connection that is being replaced, a file that is being written. */
const SPARE_HANDLES = 6
/** A heap that has not been collected yet. */
const SPARE_BYTES = 32 * MIB
/** A result holds a row for each second, never one for each attempt. */
const RESULT_BYTES = MIB + SECONDS * 4096
const FAILING = ['errorRate', 'resetRate', 'truncateRate'].flatMap((name) => ['--set', `${name}=0.02`])

interface Sample {
  readonly handles: number
  readonly bytes: number
  readonly resultBytes: number
}

/** Reads what the kernel says of a process; undefined once it has ended. */
function look(pid: number, folder: string): Sample | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    const handles = readdirSync(`/proc/${pid}/fd`).length
    return { handles, bytes: pages * 4096, resultBytes: statSync(join(folder, 'result.json')).size }
  } catch {
    return undefined
  }
}

const scenario = (url: string) => `
name: flat
target: { preset: openai-chat, url: "${url}/v1/chat/completions", timeouts: { idle: 2s } }
load: [ { rate: 100/s, for: ${SECONDS}s, maxUsers: 50 } ]
steps: [ { message: "Where is my order?" } ]
thresholds: [ "errors ratio < 50%" ]
`

test('a run that goes on opens no more, holds no more and counts as the server does', {
  timeout: SECONDS * 1000 + 120_000,
}, async () => {
  const folder = new Folder()
  const mock = start(process.execPath, [BIN, 'mock', '--port', '0', '--seed', '7', ...FAILING])
  await expect.poll(mock.said).toContain('http://')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(mock.said())?.[0] ?? ''
  const run = start(process.execPath, [
    BIN,
    'run',
    folder.write('flat.yaml', scenario(url)),
    '--out',
    folder.file('out'),
    '--log',
    'errors',
    '--quiet',
  ])
  const samples: Sample[] = []
  const timer = setInterval(() => {
    const seen = look(run.child.pid ?? 0, folder.file('out'))
    if (seen) samples.push(seen)
  }, 500)
  await expect.poll(() => run.child.exitCode, { timeout: SECONDS * 1000 + 60_000, interval: 500 }).not.toBeNull()
  clearInterval(timer)
  const result = JSON.parse(folder.read('out/result.json'))
  const { planned, started, ok, failed, cut, dropped } = result.total.counts
  const stats = (await (await fetch(`${url}/__mock/stats`)).json()) as { requests: number }
  await mock.stop()
  const quarter = Math.floor(samples.length / 4)
  const part = (n: number, of: keyof Sample) => samples.slice(n * quarter, (n + 1) * quarter).map((sample) => sample[of])
  const least = [0, 1, 2, 3].map((n) => Math.round(Math.min(...part(n, 'bytes')) / MIB))
  console.log(`${planned} planned, ${ok} ok, ${failed} failed; MiB by quarters of the run: ${least.join(', ')}`)
  // 4: a machine with more to do than this test
  expect([0, 4]).toContain(run.child.exitCode)
  expect(planned).toBe(ok + failed + cut + dropped)
  expect(started).toBe(stats.requests)
  expect(quarter).toBeGreaterThan(2)
  expect(Math.max(...part(3, 'handles'))).toBeLessThanOrEqual(Math.max(...part(1, 'handles')) + SPARE_HANDLES)
  expect(Math.min(...part(3, 'bytes'))).toBeLessThanOrEqual(Math.min(...part(1, 'bytes')) + SPARE_BYTES)
  expect(Math.max(...part(3, 'resultBytes'))).toBeLessThan(RESULT_BYTES)
  folder.remove()
})
