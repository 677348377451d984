/** A worker that hangs holds no run. */
import { afterEach, expect, test, vi } from 'vitest'
import { Crew } from '../../../src/cli/workers/crew.ts'
import { runScenario } from '../../../src/engine/run-scenario.ts'
import { Control } from '../../../src/engine/schedule/control.ts'
import { planOf } from '../../support/run.ts'
import { Home } from '../harness.ts'

const program = process.argv[1] ?? ''

afterEach(() => {
  process.argv[1] = program
  vi.useRealTimers()
})

/** A crew of two whose worker is `script` in place of the command. */
function crewWith(script: string) {
  const home = new Home()
  process.argv[1] = home.file(home.write('worker.cjs', script))
  const plan = planOf({
    name: 's',
    target: { url: 'http://127.0.0.1:9' },
    steps: [{ request: { method: 'GET' } }],
    load: [{ users: 2, iterations: 2 }],
  })
  const control = new Control()
  const crew = new Crew({ plan, runId: 'r', journalPath: home.file('sessions.jsonl'), count: 2, control, graceMs: () => 0 })
  crew.start(new Map())
  return { plan, control, crew }
}

test('a worker that is stopped is ended, and counts as lost', async () => {
  // It is ready, and stops when the load begins.
  const { plan, control, crew } = crewWith(`process.on('message', ({ kind }) => {
    if (kind === 'job') process.send({ kind: 'ready' })
    if (kind === 'go') process.kill(process.pid, 'SIGSTOP')
  })`)
  await crew.begin({})
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let isOver = false
  const over = crew.over().then(() => {
    isOver = true
  })
  await vi.advanceTimersByTimeAsync(29_000)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  await over
  await crew.done()
  control.stop('finished')
  const { result } = await runScenario(plan, { share: crew.share, control })
  const { validity, exitCodes } = crew.whole(result)
  expect(validity.reasons[0]).toMatchObject({ code: 'worker_lost', level: 'invalid' })
  expect(validity.reasons[0]?.message).toContain('worker 2 of 2: it said nothing for 30 seconds')
  expect(exitCodes).toContain(4)
})

test('a worker that is never ready keeps no run from ending', async () => {
  const { control, crew } = crewWith(`process.on('message', () => {})`)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let isOver = false
  const begun = crew.begin({}).then(
    () => 'it began',
    (error: unknown) => {
      isOver = true
      return error
    },
  )
  await vi.advanceTimersByTimeAsync(59_000)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  expect(await begun).toMatchObject({
    message: 'worker 2 of 2 did not start: it said nothing for 60 seconds',
    hint: 'run with fewer workers, or without --workers',
  })
  control.stop('finished')
  await crew.done()
})
