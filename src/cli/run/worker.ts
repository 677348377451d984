/**
 * Runs a worker of a run: the same program with the same arguments, which makes one share of the load and sends its measurements to the run's main
 * process.
 */
import { withExits } from '../../engine/outcome/verdict.ts'
import { runScenario } from '../../engine/run-scenario.ts'
import { EXIT } from '../../errors.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { redactResult } from '../../store/redact-result.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { Sender } from '../workers/sender.ts'
import type { WorkerEnd } from '../workers/worker-end.ts'
import { anomaliesText } from './recorded/anomaly-file.ts'
import { openJournal, writeAttempt } from './recorded/attempt-journal.ts'
import { eventsOfWorker } from './recorded/events.ts'
import { settingsOf } from './recorded/settings.ts'
import { supervise } from './recorded/supervise.ts'

/**
 * Runs a worker process of `burn run --workers`: it makes its share of the load of a scenario, and sends its result to the main process. Resolves
 * with the exit code 0.
 * @throws UsageError, LocalError
 */
export async function runWorker(loaded: LoadedScenario, flags: RunFlags, end: WorkerEnd): Promise<number> {
  const { job, control } = end
  const plan = planOfWorker(loaded.plan, job.seed)
  const { journal: level, bounds } = settingsOf(flags)
  const journal = openJournal(job.journal.path, plan, job.runId, level, job.journal.maxBytes)
  const sender = new Sender(end)
  const events = job.isFollowed ? eventsOfWorker(job.runId, (event) => sender.event(event)) : undefined
  const mocks = [...job.mocks]
  const { result, state } = await runScenario(plan, {
    runId: job.runId,
    share: job.share,
    control,
    bounds,
    decidesLive: false,
    isSignalled: () => end.isSignalled,
    supervise,
    gracefulMs: () => end.graceMs ?? plan.gracefulMs,
    // The main process has the mocks of all targets, and asks the judge about the replies of all workers.
    startMock: async () => ({ url: mocks.shift() ?? '', close: async () => {} }),
    scoresReplies: false,
    beforeLoad: (captured, learn) => end.begin(captured, learn),
    afterLoad: () => end.send({ kind: 'over' }),
    onSecret: (value) => knownSecrets.add(value),
    onAttempt: (attempt, run) => {
      events?.settled(attempt, run)
      writeAttempt(journal, attempt, job.runId, run)
    },
    onSecond: (run, checkpoint, thresholds) => {
      events?.breakers(run)
      sender.second(run, checkpoint, thresholds)
    },
    onOver: async (run) => {
      if (end.rule) run.stopWatch.endedBy(end.rule)
      events?.breakers(run)
      await sender.over(run)
      journal.close()
    },
  })
  const notes = [...result.notes, ...journal.notes()]
  const exits = journal.error ? [{ code: EXIT.local, why: journal.error.message }] : []
  const whole = redactResult(withExits({ ...result, notes }, exits), knownSecrets)
  await sender.last({ kind: 'done', result: whole, anomalies: anomaliesText(state) })
  return EXIT.ok
}

/** Returns the plan of a worker, which observes no servers and machines and writes no outputs, because the main process of the run does this. */
function planOfWorker(plan: Plan, seed: string): Plan {
  return { ...plan, seed, observe: [], monitor: [], health: [], requireHealthy: false, webhooks: [], export: [] }
}
