/** Runs both sides of `burn compare`, and compares what they measured. */
import type { Command } from 'commander'
import { sideOf } from '../../compare/compared-run.ts'
import { compareByMode } from '../../compare/live/by-mode.ts'
import { APART, TOGETHER } from '../../compare/metrics.ts'
import { EXIT, type ExitCode, UsageError } from '../../errors.ts'
import type { Comparison, Result } from '../../result/schema.ts'
import { logWarnings, openConsole } from '../run/console.ts'
import { Signals } from '../run/recorded/signals.ts'
import { AskedPairs } from './asked-pairs.ts'
import { Decision } from './decision.ts'
import { choicesOf, coolDownOf, type LiveFlags } from './flags.ts'
import { LiveFolder } from './live-folder.ts'
import { admitSides, type LiveSide, liveSides } from './live-sides.ts'
import { CompareProgress } from './progress.ts'
import { runTogether } from './run-together.ts'

/** The outcome of a live comparison. */
interface LiveComparison {
  /** The comparison; undefined when a signal ended the command before both sides had run. */
  readonly comparison: Comparison | undefined
  /** The exit codes that the runs and a signal require, besides the one for the comparison's verdict. */
  readonly codes: readonly ExitCode[]
  readonly folder: string
  /** The results of the runs of both sides. */
  readonly results: Awaited<ReturnType<LiveFolder['withPairs']>>
}

type ComparisonChoices = ReturnType<typeof choicesOf>
type ArmResults = Readonly<Record<LiveSide['arm'], readonly Result[]>>

/** For each mode that runs the sides one after the other, their order. */
const TURNS = { abba: ['a', 'b', 'b', 'a'], sequential: ['a', 'b'] } as const

/**
 * Runs the two sides of `burn compare`, such as two scenarios or two targets of one scenario, and compares their results.
 * @throws UsageError, ScenarioError, LocalError
 */
export async function compareLive(files: readonly string[], flags: LiveFlags, command: Command): Promise<LiveComparison> {
  const comparing = new LiveRun(files, flags, command)
  await admitSides(comparing.sides, flags)
  const output = await openConsole(flags)
  for (const { loaded } of comparing.sides) logWarnings(output, loaded)
  const unsent = unsentOf(comparing.sides)
  if (unsent.length > 0)
    output.log('info', `runs that are compared send nothing: ${unsent.join(' and ')} of the scenario are left out`)
  const signals = new Signals((text) => output.say(text))
  try {
    return await comparing.execute(signals)
  } finally {
    output.end()
    signals.release()
  }
}

/**
 * Returns the scenario keys (`export`, `webhooks`) that are ignored when runs are compared, because dashboards and receivers could not tell the two
 * sides apart.
 */
const unsentOf = (sides: readonly LiveSide[]) =>
  (['export', 'webhooks'] as const).filter((key) => sides.some(({ loaded }) => loaded.plan[key].length > 0))

class LiveRun {
  readonly sides: readonly [LiveSide, LiveSide]
  private readonly flags: LiveFlags
  private readonly choices: ComparisonChoices
  private readonly coolDownMs: number
  private readonly decision: Decision | undefined
  private readonly progress: CompareProgress
  private readonly pairs: AskedPairs

  /** Checks flags and scenarios before anything is sent or written. @throws UsageError, ScenarioError */
  constructor(files: readonly string[], flags: LiveFlags, command: Command) {
    const isTogether = flags.mode === 'interleaved'
    if (flags.untilDecided && !isTogether)
      throw new UsageError('--until-decided: only runs that go on at the same time can be ended early', 'leave out --mode')
    for (const flag of ['otlp', 'export'] as const)
      if (flags[flag] !== undefined)
        throw new UsageError(
          `--${flag}: runs that are compared send no metrics`,
          'leave it out; burn run sends them, and burn report FOLDER --format prometheus prints those of one side',
        )
    this.flags = flags
    this.coolDownMs = coolDownOf(flags)
    this.choices = choicesOf(flags, isTogether ? TOGETHER : APART)
    this.sides = liveSides(files, flags, command, { together: isTogether, salt: flags.salt === true })
    this.decision = flags.untilDecided ? new Decision(this.sides, this.choices) : undefined
    this.pairs = new AskedPairs(this.sides)
    this.progress = new CompareProgress(this.sides, flags)
  }

  /** Runs both sides and compares them. @throws LocalError */
  async execute(signals: Signals): Promise<LiveComparison> {
    const folder = new LiveFolder(this.sides[0].loaded.scenario.name, this.flags.out)
    try {
      const measured =
        this.flags.mode === 'interleaved' ? await this.together(folder, signals) : await this.inTurns(folder, signals)
      this.progress.end()
      const comparison = await this.asked(this.compared(measured), signals)
      const results = comparison ? await folder.withPairs(comparison, measured) : measured
      if (comparison) await folder.write(comparison, results)
      const ended = [...results.a, ...results.b].flatMap(codesOf)
      return { comparison, codes: signals.code === undefined ? ended : [...ended, signals.code], folder: folder.path, results }
    } finally {
      this.progress.end()
    }
  }

  private async together(folder: LiveFolder, signals: Signals): Promise<ArmResults> {
    const onSecond = this.progress.together((states, stop) => this.decision?.look(states) && stop())
    const folderOf = (side: LiveSide) => folder.of(side, undefined)
    const [a, b] = await runTogether(this.sides, { flags: this.flags, signals, folderOf, onSecond, onOver: this.pairs.onOver })
    return { a: a ? [a] : [], b: b ? [b] : [] }
  }

  private async inTurns(folder: LiveFolder, signals: Signals): Promise<ArmResults> {
    const isRepeated = this.flags.mode === 'abba'
    const results: Record<LiveSide['arm'], Result[]> = { a: [], b: [] }
    for (const [turn, arm] of TURNS[isRepeated ? 'abba' : 'sequential'].entries()) {
      if (turn > 0) await signals.pause(this.coolDownMs)
      if (signals.code !== undefined) break
      const side = this.sides[arm === 'a' ? 0 : 1]
      const folderOf = () => folder.of(side, isRepeated ? results[arm].length + 1 : undefined)
      this.progress.turn(side)
      results[arm].push(
        ...(await runTogether([side], {
          flags: this.flags,
          ...{ signals, folderOf, onSecond: this.progress.alone(side), onOver: this.pairs.onOver },
        })),
      )
    }
    return results
  }

  /** Adds the judge's verdict on pairs of replies to a comparison, if the scenario has a judge. */
  private async asked(comparison: Comparison | undefined, signals: Signals): Promise<Comparison | undefined> {
    const judge = comparison && (await this.pairs.ask(signals))
    return comparison && judge ? { ...comparison, judge } : comparison
  }

  /** Compares the results of both sides; undefined when a signal ended the command before both sides had run. */
  private compared(results: ArmResults): Comparison | undefined {
    const of = ({ arm, name }: LiveSide) => results[arm].map((result) => sideOf(name, result))
    const choices = { ...this.choices, ...this.decision?.choices() }
    return compareByMode(this.flags.mode, of(this.sides[0]), of(this.sides[1]), choices)
  }
}

/**
 * Returns the exit codes of one side's run. Failed thresholds are left out, because the question is whether B is worse than A. A threshold that ended
 * the run counts, because the load that was to be compared was not measured completely.
 */
function codesOf({ exitCodes, thresholds }: Result): ExitCode[] {
  const wasEnded = thresholds.some(({ aborted, state }) => aborted === true && state === 'failed')
  return exitCodes.filter((code) => code !== EXIT.ok && (code !== EXIT.verdictFailed || wasEnded))
}
