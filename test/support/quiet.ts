/**
 * Tests that lean on real time, with a control beside them: an idle timer in another process. A failure counts when the machine was quiet;
 * while the control says that it was disturbed the test is made again, and where no try was quiet it is skipped, with the figures, because
 * it could show nothing either way.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type TestContext, test } from 'vitest'

/** How late a timer was, in ms. */
interface Lateness {
  readonly p99Ms: number
  readonly maxMs: number
}

/** What the control may show on a machine that has nothing else to do. */
const QUIET: Lateness = { p99Ms: 3, maxMs: 10 }
/** What the loop of the test's own process may show: its servers and its cold code are part of it. */
const OWN_LOOP_MAX_MS = 20
const TRIES = 6

type Context = Pick<TestContext, 'skip' | 'onTestFinished'>

/** Starts the control; the function that it gives tells how late it was since the last call. */
async function startControl({ onTestFinished }: Context): Promise<() => Promise<Lateness>> {
  const control = fork(new URL('control-process.ts', import.meta.url))
  onTestFinished(() => void (control.connected && control.disconnect()))
  await once(control, 'message')
  return async () => {
    control.send('read')
    const [lateness] = await once(control, 'message')
    return lateness as Lateness
  }
}

/**
 * Runs `attempt` until it passes, or fails on a quiet machine. `ownLoop`: a stall of this very process counts as a disturbance, too; not for
 * proofs of accuracy, which ask whether burn itself makes such stalls.
 */
export async function onQuietMachine(context: Context, attempt: () => Promise<void>, ownLoop = false): Promise<void> {
  const readControl = await startControl(context)
  const seen: string[] = []
  for (let tries = 0; tries < TRIES; tries += 1) {
    const loop = monitorEventLoopDelay({ resolution: 1 })
    loop.enable()
    await readControl()
    try {
      return await attempt()
    } catch (error) {
      loop.disable()
      const { p99Ms, maxMs } = await readControl()
      const ownMs = loop.max / 1e6
      const quiet = p99Ms <= QUIET.p99Ms && maxMs <= QUIET.maxMs && (!ownLoop || ownMs <= OWN_LOOP_MAX_MS)
      if (quiet) throw error
      seen.push(`${p99Ms.toFixed(1)}/${maxMs.toFixed(1)}/${ownMs.toFixed(1)}`)
    }
  }
  context.skip(
    `the machine was never quiet: timers were late by (control p99 / control max / own loop max, in ms) ${seen.join(', ')}`,
  )
}

/** A test of schedules and deadlines in real time. */
export function timedTest(name: string, body: () => Promise<void>): void {
  test(name, { timeout: 120_000 }, (context) => onQuietMachine(context, body, true))
}
