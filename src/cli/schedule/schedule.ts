/** `burn schedule`: runs at the times of a cron expression, each as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { EXIT, type ExitCode, UsageError, worstExit } from '../../errors.ts'
import { terminalSafe } from '../../text/escape.ts'
import { DueRuns, type Overlap } from './due-runs.ts'
import { cronTimes, ownTimeZone } from './times.ts'
import { type UnitSystem, unitText } from './units.ts'

/** The flags of `burn schedule`. */
export interface ScheduleFlags {
  readonly cron: string
  readonly tz?: string
  readonly maxRuns?: number
  readonly overlap: Overlap
  readonly print?: UnitSystem
}

/**
 * Runs `burn schedule`. `run` holds the scenario files and flags of `burn run`. Returns the most serious exit code of all runs, or that of a
 * signal. @throws UsageError for a wrong expression or time zone, or when `burn run` would refuse the files or flags
 */
export async function scheduleCommand(run: readonly string[], flags: ScheduleFlags): Promise<ExitCode> {
  if (run.includes('--detach'))
    throw new UsageError('--detach: a schedule waits for its runs, and takes their exit codes', 'leave it out')
  const times = cronTimes(flags.cron, flags.tz ?? ownTimeZone())
  if (flags.print) {
    process.stdout.write(unitText(flags.print, times, flags.overlap, run))
    return EXIT.ok
  }
  await checkRun(run)
  const children = new Set<ChildProcess>()
  const say = (text: string) => void process.stderr.write(`${terminalSafe(`schedule: ${text}`)}\n`)
  const start = () => {
    const child = burn(['run', ...run], 'inherit')
    children.add(child)
    return endOf(child).finally(() => children.delete(child))
  }
  const dueRuns = new DueRuns({ times, overlap: flags.overlap, maxRuns: flags.maxRuns, start, say, wall: Date.now })
  let signalled: ExitCode | undefined
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const handler = () => {
      signalled ??= signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
      if (children.size > 0) say('stopping: the run under way ends first')
      dueRuns.stop()
      for (const child of children) child.kill(signal)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  const codes = await dueRuns.execute()
  for (const release of handlers) release()
  return signalled ?? worstExit(codes as ExitCode[]) // a run ends with an exit code of burn
}

/** Starts this burn in a process of its own, which signals of the terminal do not reach: they are passed on. */
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

/** Asks `burn run` what it makes of the files and flags, so that a typo shows now and not at night. @throws UsageError with what it said */
async function checkRun(run: readonly string[]): Promise<void> {
  const child = burn(['run', ...run, '--show-config'], 'pipe')
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  child.stdout?.resume()
  if ((await endOf(child)) !== EXIT.ok) throw new UsageError(`burn run refuses this: ${said.trim()}`)
}
