/**
 * Runs tests of real time beside two controls: an idle timer in another process, and how much CPU time others used, because a process that
 * sleeps most of the time gets its turn at once, also where busy ones wait. A failure counts only when the controls show that the machine was
 * quiet. Otherwise the test is repeated, and when no try was quiet it is skipped with the figures, because it could prove nothing.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type TestContext, test } from 'vitest'
import { watchOthers } from './others.ts'

/** How late a timer fired, in ms. */
interface Lateness {
  readonly p99Ms: number
  readonly maxMs: number
}

/** Most lateness of the control on a machine that counts as quiet. */
const QUIET: Lateness = { p99Ms: 3, maxMs: 10 }
/** Longest stall of the test's own event loop that counts as quiet, in ms; its servers and cold code cause some. */
const OWN_LOOP_MAX_MS = 20
/** Largest share of all cores that others may use. */
const OTHERS_MAX = 0.15
const TRIES = 4

type Context = Pick<TestContext, 'skip'>

/** The control process of this worker, which outlives the modules of a test file. */
const held: typeof globalThis & { controlOfTests?: ChildProcess } = globalThis

/** The control process, started by the first test that asks for it; it ends with this process. */
async function controlProcess(): Promise<ChildProcess> {
  if (held.controlOfTests?.connected) return held.controlOfTests
  // As JSON, the Infinity of a control that never got to run would arrive as null, which reads as quiet.
  const control = fork(new URL('control-process.ts', import.meta.url), { serialization: 'advanced' })
  await once(control, 'message')
  control.unref()
  control.channel?.unref()
  held.controlOfTests = control
  return control
}

/** Resolves with how late the control was since it was started. */
async function readLateness(control: ChildProcess): Promise<Lateness> {
  control.send('read')
  const [lateness] = await once(control, 'message')
  return lateness as Lateness
}

/**
 * Runs `attempt` until it passes, or fails on a quiet machine. With `ownLoop` a stall of this process also counts as a disturbance; proofs
 * of accuracy leave it out, because they test whether burn itself stalls.
 */
export async function onQuietMachine(context: Context, attempt: () => Promise<void>, ownLoop = false): Promise<void> {
  const control = await controlProcess()
  const seen: string[] = []
  for (let tries = 0; tries < TRIES; tries += 1) {
    const loop = monitorEventLoopDelay({ resolution: 1 })
    loop.enable()
    const others = watchOthers()
    control.send('start')
    try {
      await attempt()
      control.send('stop')
      return
    } catch (error) {
      const { p99Ms, maxMs } = await readLateness(control)
      const ownMs = loop.max / 1e6
      const share = others()
      const isLate = p99Ms > QUIET.p99Ms || maxMs > QUIET.maxMs || (ownLoop && ownMs > OWN_LOOP_MAX_MS)
      if (!isLate && !(share > OTHERS_MAX)) throw error
      seen.push(`${p99Ms.toFixed(1)}/${maxMs.toFixed(1)}/${ownMs.toFixed(1)}/${(share * 100).toFixed(0)}`)
    } finally {
      loop.disable()
    }
  }
  context.skip(
    `the machine was never quiet: timers were late by (control p99 / control max / own loop max, in ms / CPU of others in %) ${seen.join(', ')}`,
  )
}

/** Defines a test of schedules or deadlines in real time, which is repeated while the machine is disturbed. */
export function timedTest(name: string, body: () => Promise<void>): void {
  test(name, { timeout: 120_000 }, (context) => onQuietMachine(context, body, true))
}
