/** The command `burn replay --live`: sends the messages of recorded sessions again, and shows each new reply beside the recorded one. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { type ExitCode, UsageError } from '../../../errors.ts'
import { MASK } from '../../../text/secrets.ts'
import { type LoadedScenario, loadScenarios } from '../../load/load-scenario.ts'
import { loadNamedPlugins } from '../../load/plugin/of-scenarios.ts'
import { refusePublic } from '../../load/public/refuse.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { note } from '../../output/notes.ts'
import type { RecordedSession, RunSessions } from '../recorded/sessions.ts'
import { refuseChangedFiles, refuseCut, toolsFrom } from './complete.ts'
import { printPairs } from './print-pairs.ts'
import { runAgain } from './run-again.ts'
import { type ScriptedSession, scriptOf, sentAgain, type ThinkTimes } from './script.ts'

/** The largest number of messages that are sent again, because each becomes a step with its own metrics. */
const MAX_MESSAGES = 200

/** The recorded sessions that are sent again. `pickedByOutcome` is true when they were chosen because of their anomalies. */
interface SessionsToSend {
  readonly run: RunSessions
  readonly sessions: readonly RecordedSession[]
  readonly pickedByOutcome: boolean
}

/**
 * Sends the messages of recorded sessions again, in a new run, and prints for each the recorded reply and the new one. Resolves with the exit
 * code of the new run. @throws UsageError, ScenarioError, LocalError
 */
export async function replayLive(
  { run, sessions, pickedByOutcome }: SessionsToSend,
  times: ThinkTimes,
  command: Command,
): Promise<ExitCode> {
  // All replies are needed for the comparison, whatever the flags of a run choose by default.
  const flags = { ...command.opts<RunFlags>(), log: 'all' }
  const file = scenarioFile(run, flags)
  const own = oneOf(loadScenarios(file, flags, command), flags)
  const target = flags.target ?? (own.scenario.targets ? [own.plan.targets[0]?.name ?? ''] : undefined)
  const chosen = { ...flags, ...(target ? { target } : {}) }
  const kinds = new Map(own.plan.exchanges.map(({ name, kind }) => [name, kind]))
  const script = sessions
    .map((session, index) => scriptOf(session, run.turnsOf(session), index, (step) => kinds.get(step) !== 'request'))
    .filter(({ messages }) => messages.length > 0)
  refuseTooMuch(script)
  refuseCut(script)
  noteMasked(script)
  const users = usersOf(flags.connections)
  const loaded = oneOf(
    loadScenarios(file, chosen, command, sentAgain(script, users, times, toolsFrom(own.raw, own.plan))),
    chosen,
  )
  refuseChangedFiles(script, loaded.plan)
  await loadNamedPlugins([loaded], flags)
  await refusePublic([loaded], flags)
  const { code, folder } = await runAgain(loaded, chosen)
  noteLoad(run, users)
  printPairs(script, folder, { color: flags.color, pickedByOutcome })
  return code
}

/**
 * Returns the path of the scenario that says where the messages are sent: that of the flags, else that of the recorded run; undefined when the flags
 * give only an address.
 */
function scenarioFile({ header, folder }: RunSessions, { scenario, endpoint, preset }: RunFlags): string | undefined {
  const [given, ...more] = scenario ?? []
  if (more.length > 0) throw new UsageError('--live takes one scenario', 'name it with -s')
  if (given !== undefined) return given
  if (endpoint !== undefined && preset !== undefined) {
    note('an address with its own --preset: nothing of the scenario is used, such as a system prompt (-s FILE uses it)')
    return undefined
  }
  const recorded = header?.scenarioFile ?? undefined
  if (recorded !== undefined && existsSync(recorded)) return recorded
  if (endpoint !== undefined) return undefined
  throw new UsageError(
    recorded === undefined
      ? `the run in ${folder} had no scenario file`
      : `the scenario of the run in ${folder} is not there: ${recorded}`,
    'say where the messages go: -s FILE, or -e ADDRESS with its --preset',
  )
}

function oneOf([first, ...more]: readonly LoadedScenario[], { target }: RunFlags): LoadedScenario {
  if (first && (more.length === 0 || target === undefined)) return first
  throw new UsageError(`${more.length + 1} targets are named: messages are sent again to one`, 'choose one with --target')
}

function refuseTooMuch(script: readonly ScriptedSession[]): void {
  const count = script.reduce((sum, { messages }) => sum + messages.length, 0)
  if (count === 0) throw new UsageError('there is no message to send again', 'burn replay --list shows what is recorded')
  if (count > MAX_MESSAGES)
    throw new UsageError(
      `${count} messages to send again: at most ${MAX_MESSAGES}`,
      'choose sessions with --session, --vu or --worst',
    )
}

/** Notes on stderr how many messages are not sent as they were, because the journal contains a mask in place of a secret. */
function noteMasked(script: readonly ScriptedSession[]): void {
  const messages = script.flatMap((session) => session.messages)
  const masked = messages.filter(({ turn: { entry } }) => JSON.stringify([entry.prompt, entry.parts]).includes(MASK)).length
  if (masked === 0) return
  const which = `${masked} of ${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`
  note(`${which} held a secret, which no journal keeps: ${MASK} is sent in its place, and the replies may differ for that alone`)
}

/** Returns how many sessions are sent at the same time (`-c`). */
function usersOf(connections: string | undefined): number {
  return Number(connections ?? 1)
}

/** Notes on stderr when another number of sessions ran at the same time in the recorded run, because latencies differ for that reason alone. */
function noteLoad({ sessions }: RunSessions, users: number): void {
  const busyMs = sessions.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
  const last = sessions.reduce((latest, { endMs }) => Math.max(latest, endMs), 0)
  const then = Math.max(1, Math.round(busyMs / (last - (sessions[0]?.startMs ?? 0))))
  if (then !== users)
    note(
      `recorded with ${then} sessions at the same time on average, sent again with ${users}: latencies differ for that alone (-c ${then})`,
    )
}
