/** Runs scenarios in virtual time, with equal results to the last digit on every machine. */
import './memory-target.ts'
import { type RunInput, runScenario, type TestRun, type TestRunOptions } from './run.ts'
import { VirtualClock } from './virtual-clock.ts'

export { chatReply, chatTarget } from './chat-target.ts'
export { type MemoryRequest, MemoryTarget, type Reply } from './memory-target.ts'
// Tests of both real and virtual runs import this one, so that the protocol `memory` is registered before the schema is built.
export { runScenario }

/** The result of a run in virtual time. */
export interface VirtualRun extends TestRun {
  /** Number of timers still set when the run was over. */
  readonly timersLeft: number
}

/**
 * Runs a scenario on a virtual clock, by default its own. The test must not import the schema earlier, because the protocol `memory` must be
 * in it.
 */
export async function runVirtual(
  input: RunInput,
  options: TestRunOptions = {},
  clock: VirtualClock = new VirtualClock(),
): Promise<VirtualRun> {
  const run = await clock.drive(runScenario(input, { ...options, clock }))
  return { ...run, timersLeft: clock.pending }
}
