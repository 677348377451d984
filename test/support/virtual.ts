/** Runs a scenario in virtual time: the same to the last digit on every machine, however long it says it takes. */
import './memory-target.ts'
import { type RunInput, runScenario, type TestRun, type TestRunOptions } from './run.ts'
import { VirtualClock } from './virtual-clock.ts'

export { chatReply, chatTarget } from './chat-target.ts'
export { type MemoryRequest, MemoryTarget, type Reply } from './memory-target.ts'
// A test of both real and virtual runs takes this one: the protocol has to be there before the schema.
export { runScenario }

export interface VirtualRun extends TestRun {
  /** Timers that were still set when the run was over. */
  readonly timersLeft: number
}

/** As `runScenario`, on a clock of its own. A test that uses it must not import the schema before: the protocol `memory` belongs in it. */
export async function runVirtual(input: RunInput, options: TestRunOptions = {}): Promise<VirtualRun> {
  const clock = new VirtualClock()
  const run = await clock.drive(runScenario(input, { ...options, clock }))
  return { ...run, timersLeft: clock.pending }
}
