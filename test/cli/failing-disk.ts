/** A whole run on a disk of which one call fails, and what must hold of it whichever that is. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'vitest'
import { catchCrashes } from '../../src/cli/output/crash.ts'
import { readJournal } from '../../src/store/journal/reader.ts'
import { type DiskCall, type DiskFailure, withFailingDisk } from '../support/failing-disk.ts'
import { chat, type Finished, Home, mockFor, OUT } from './harness.ts'

/** The ways in which a call fails. */
export const FAILURES = ['EIO', 'ENOSPC', 'EACCES'] as const
/** How many attempts a run makes, one after the other, and how long each takes. Neither can be too much for a busy machine. */
interface Length {
  readonly iterations: number
  readonly firstTokenMs: number
}
/** A run that is over at once. */
export const SHORT: Length = { iterations: 5, firstTokenMs: 1 }
/** One that lasts for more than a second: there is a checkpoint. */
export const CHECKPOINTED: Length = { iterations: 12, firstTokenMs: 110 }

interface FailedCall {
  /** Which call fails, from 1; 0 for none. */
  readonly nth: number
  readonly failure: DiskFailure
  readonly length: Length
}

/** Exit codes that a local disk can lead to: nothing was lost, the scenario or a flag's file was not read, a file of the run was not written. */
const CODES = [0, 2, 7]

/** The calls of a run on a disk that is well. */
export async function countCalls(length: Length): Promise<DiskCall[]> {
  const { calls, run } = await runWith({ nth: 0, failure: 'EIO', length })
  expect(run.code, run.stderr).toBe(0)
  return calls
}

/** Fails one call of a run. @throws when something does not hold, with the call and what was said */
export async function failCall(failed: FailedCall): Promise<void> {
  const { calls, run, home, requests } = await runWith(failed)
  const call = calls[failed.nth - 1]
  const about = `call ${failed.nth}, ${call?.name} ${call?.path}: ${failed.failure}\nexit ${run.code}\n${run.stderr}`
  expect(CODES, about).toContain(run.code)
  expect(run.stderr, about).not.toMatch(/this is a bug|^\s+at .+:\d+:\d+/m)
  if (run.code !== 0)
    expect(run.stderr, about).toMatch(
      /^burn: .*(s\.json|vars\.env|rows\.csv|copy\.json|\bout\b)|^\S*(s\.json|rows\.csv):\d+:\d+/m,
    )
  checkFiles(home, run, requests, about)
  const probes = existsSync(home.file('out')) ? readdirSync(home.file('out')).filter((name) => name.startsWith('.probe')) : []
  if (call?.name !== 'unlinkSync') expect(probes, about).toEqual([])
  // Whatever was left behind: the next run goes well.
  const again = await home.call([...argsFor('again'), '-n', '1'])
  expect([again.code, again.stderr.match(/^burn: .*/m)?.[0]], about).toEqual([0, undefined])
}

function checkFiles(home: Home, run: Finished, requests: number, about: string): void {
  if (existsSync(home.file('out/sessions.jsonl'))) {
    const { entries, tornTail } = readJournal(home.file('out/sessions.jsonl'))
    expect([[...entries].length <= requests, tornTail], about).toEqual([true, false])
  }
  if (run.code === 0) expect(JSON.parse(home.read('out-copy.json')), about).toEqual(home.result())
  if (!existsSync(home.file('out/result.json'))) return
  const result = home.result()
  const { planned, ok, failed, cut, dropped } = result.total.counts
  if (result.status !== 'running') {
    expect(planned, about).toBe(ok + failed + cut + dropped)
    expect(planned, about).toBe(requests)
    // A result that says that all is well is one of a run that said so.
    if (result.exitCode === 0) expect([0, 7], about).toContain(run.code)
  }
  for (const { path } of result.files) expect(existsSync(home.file(`out/${path}`)), `${path}\n${about}`).toBe(true)
  expect(readdirSync(home.file('out')).filter((name) => basename(name) === 'lock').length, about).toBeLessThan(2)
}

const argsFor = (out: string) => [
  ...['run', 's.json', ...OUT, '--out', out, '--log', 'all', '--report', 'junit,md'],
  ...['--vars-file', 'vars.env', '-o', `${out}-copy.json`],
]

/** `burn report` of a finished run, once for each call that it makes: it says what it could not read or write, or does all of it. */
export async function failEachCallOfReport(): Promise<number> {
  const { home } = await runWith({ nth: 0, failure: 'EIO', length: SHORT })
  const report = async (nth: number) => {
    const said: Finished[] = []
    const calls = await withFailingDisk({ folder: home.path, nth, failure: 'EIO' }, async () => {
      said.push(await home.call(['report', 'out', '--format', 'md', '-o', 'again.md']))
    })
    return { calls, code: said[0]?.code, stderr: said[0]?.stderr }
  }
  const { length } = (await report(0)).calls
  for (let nth = 1; nth <= length; nth += 1) {
    rmSync(home.file('again.md'), { force: true })
    const { calls, code, stderr } = await report(nth)
    const about = `call ${nth}, ${calls[nth - 1]?.name} ${calls[nth - 1]?.path}\nexit ${code}\n${stderr}`
    expect([0, 6, 7], about).toContain(code)
    if (code === 0) expect(home.read('again.md'), about).toBe(home.read('out/report.md'))
    else expect(stderr, about).toMatch(/^burn: cannot (read|write) (out|again\.md)/)
    expect(existsSync(home.file('again.md')), about).toBe(code === 0)
  }
  return length
}

async function runWith({ nth, failure, length: { iterations, firstTokenMs } }: FailedCall) {
  const home = new Home()
  const mock = await mockFor({ firstTokenMs })
  home.write('vars.env', 'NAME=a')
  home.write('rows.csv', 'word\none\ntwo\n')
  home.write(
    's.json',
    chat(mock.url, {
      load: [{ iterations, users: 1 }],
      data: { rows: { file: 'rows.csv' } },
      steps: [{ message: 'Hello ${env.NAME} {{rows.word}}' }],
    }),
  )
  const crashed: unknown[] = []
  catchCrashes((error) => crashed.push(error))
  const made: { run: Finished | undefined } = { run: undefined }
  const calls = await withFailingDisk({ folder: home.path, nth, failure }, async () => {
    made.run = await home.call(argsFor('out'))
  })
  if (crashed.length > 0 || made.run === undefined) throw new Error('the run crashed', { cause: crashed[0] })
  return { calls, run: made.run, home, requests: mock.stats().requests }
}
