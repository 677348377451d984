/** The command `burn schedule`, which starts runs at the times of a cron expression, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { EXIT, type ExitCode, UsageError, worstExit } from '../../errors.ts'
import { E_ENV_UNSET } from '../../scenario/problems/environment/E_ENV_UNSET.ts'
import { E_SECRET_FILE } from '../../scenario/problems/environment/E_SECRET_FILE.ts'
import { terminalSafe } from '../../text/escape.ts'
import { secretsInText } from '../../text/written-secrets.ts'
import { note } from '../output/notes.ts'
import { DueRuns } from './due-runs.ts'
import type { UnitSystem } from './systems/index.ts'
import type { Overlap } from './systems/overlap.ts'
import { cronTimes, ownTimeZone } from './times.ts'
import { unitText } from './units.ts'

/** The values of the flags of `burn schedule`, as the user typed them. */
export interface ScheduleFlags {
  readonly cron: string
  readonly tz?: string
  readonly maxRuns?: number
  /** What to do when a run is due while another is running; undefined for `skip` or, with --print, for the default of the scheduling system. */
  readonly overlap?: Overlap
  readonly print?: UnitSystem
}

/**
 * Runs `burn schedule`, which starts `burn run` with the arguments `run` at the times of a cron expression. With --print, it prints the
 * configuration of another scheduler instead, such as a crontab line. Returns the most serious exit code of all runs, or that of a signal.
 * @throws UsageError for a wrong expression or time zone, or when `burn run` would refuse the arguments
 */
export async function scheduleCommand(run: readonly string[], flags: ScheduleFlags): Promise<ExitCode> {
  if (run.includes('--detach'))
    throw new UsageError('--detach: a schedule waits for its runs, and takes their exit codes', 'leave it out')
  if (run.some((word) => word === '--out' || word.startsWith('--out=')) && !run.includes('--overwrite') && flags.maxRuns !== 1)
    throw new UsageError(
      '--out: each run needs a folder of its own',
      'leave it out, or add --overwrite to keep the last result only',
    )
  const times = cronTimes(flags.cron, flags.tz ?? ownTimeZone())
  if (flags.print) {
    const unit = unitText(flags.print, times, flags.overlap, run)
    await checkForPrint(run)
    const names = [...new Set(run.flatMap((word) => secretsInText(word).map(({ name }) => name)))]
    if (names.length > 0)
      note(
        `the unit holds the value of ${names.join(', ')} for whoever can read it: write \${env.NAME} into the scenario instead, and set that variable where the unit runs`,
      )
    process.stdout.write(unit)
    return EXIT.ok
  }
  const children = new Set<ChildProcess>()
  const startBurn = (args: readonly string[], output: 'inherit' | 'pipe') => {
    const child = burn(args, output)
    children.add(child)
    child.once('close', () => children.delete(child))
    return child
  }
  const say = (text: string) => void process.stderr.write(`${terminalSafe(`schedule: ${text}`)}\n`)
  const start = () => endOf(startBurn(['run', ...run], 'inherit'))
  const { overlap = 'skip', maxRuns } = flags
  const dueRuns = new DueRuns({ times, overlap, maxRuns, start, say, wall: Date.now })
  let signalled: ExitCode | undefined
  const release = onSignals((signal) => {
    signalled ??= signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
    if (children.size > 0) say('stopping: the run under way ends first')
    dueRuns.stop()
    for (const child of children) child.kill(signal)
  })
  try {
    const refusal = await refusalOf(startBurn(['run', ...run, '--show-config'], 'pipe'))
    if (signalled !== undefined) return signalled
    if (refusal !== undefined) throw new UsageError(`burn run refuses this: ${refusal}`)
    const codes = await dueRuns.execute()
    return signalled ?? worstExit(codes as ExitCode[]) // the cast is safe: the process of a run ends with an exit code of burn
  } finally {
    release()
  }
}

/** The codes of problems that concern only this machine; the machine that runs the printed unit has variables and secrets of its own. */
const OF_THIS_MACHINE: ReadonlySet<string> = new Set([E_ENV_UNSET.code, E_SECRET_FILE.code])

/** Checks that `burn run` accepts these files and flags. Variables that are missing on this machine are only noted. @throws UsageError */
async function checkForPrint(run: readonly string[]): Promise<void> {
  const refusal = await refusalOf(burn(['run', ...run, '--show-config'], 'pipe'))
  if (refusal === undefined) return
  const codes = Array.from(refusal.matchAll(/^\S.*?: error (E_\w+) /gm), ([, code = '']) => code)
  if (codes.length === 0 || codes.some((code) => !OF_THIS_MACHINE.has(code)))
    throw new UsageError(`burn run refuses this: ${refusal}`)
  note(`on this machine burn run would refuse it; the one that runs it needs what is missing here:\n${refusal}`)
}

/** Calls `handler` for each signal that ends a command, until the returned function is called. */
function onSignals(handler: (signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}

/** Starts this burn in a process of its own. Signals of the terminal do not reach that process, so they must be passed on to it. */
function burn(args: readonly string[], output: 'inherit' | 'pipe'): ChildProcess {
  const { execPath, execArgv, argv } = process
  return spawn(execPath, [...execArgv, argv[1] ?? '', ...args], {
    stdio: ['ignore', output, output],
    detached: true,
    windowsHide: true,
  })
}

const endOf = (child: ChildProcess) =>
  new Promise<number>((resolve) => {
    child.once('error', () => resolve(EXIT.local))
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? EXIT.local : EXIT.sigterm)))
  })

/** Returns why `burn run` refuses its files or flags, so that a typo is found now and not at the time of the run; undefined when it accepts them. */
async function refusalOf(child: ChildProcess): Promise<string | undefined> {
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  child.stdout?.resume()
  return (await endOf(child)) === EXIT.ok ? undefined : said.trim()
}
