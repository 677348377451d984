/** Prints the progress of a suite whose tests run one after the other. */
import { suiteText } from '../../../report/suite/console.ts'
import { testLine } from '../../../report/suite/line.ts'
import { makePen, type Pen } from '../../../report/text/pen.ts'
import type { SuiteResult, SuiteTest } from '../../../result/suite.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { type ConsoleOutput, renderOptionsFor } from '../../output/console.ts'
import type { RunOutput } from '../../run/recorded/settings.ts'

/** The width, in columns, for lines that are not to be cut. */
const UNCUT = 100_000

/** Shows on the terminal which tests of a suite have begun and ended, and the output of their runs. */
export interface SuiteProgress {
  /** Called when a test begins; returns the output for its run. `count` is the number of all tests. */
  begin(test: SuiteTest, count: number): RunOutput
  /** Called when a test has ended. */
  end(test: SuiteTest, count: number): void
  /** Restores the terminal at the end of the suite. */
  release(): void
}

/** Shows the progress of a suite whose tests run one after the other: each test is shown as `burn run` shows a single run. */
export class InOrder implements SuiteProgress {
  private readonly output: ConsoleOutput
  private readonly color: boolean

  constructor(output: ConsoleOutput, { color }: Pick<RunFlags, 'color'>) {
    this.output = output
    this.color = color
  }

  begin({ number, name }: SuiteTest, count: number): RunOutput {
    this.output.log('info', `test ${number} of ${count}: ${name}`)
    return this.output
  }

  end(test: SuiteTest, count: number): void {
    printEnd(this.output, test, count, this.color)
  }

  release(): void {
    this.output.end()
  }
}

/**
 * Returns the formatter for the progress lines of a suite's tests: it cuts each line to the width of the terminal, or leaves it whole when stderr is
 * not a terminal.
 */
export function linePen(color: boolean): Pen {
  const look = renderOptionsFor(process.stderr, color)
  return makePen(process.stderr.isTTY ? look : { ...look, width: UNCUT })
}

/** Prints how a test of a suite ended, as a line of text or, with JSON logs, as an object. */
export function printEnd(output: ConsoleOutput, test: SuiteTest, count: number, color: boolean): void {
  const { name, status, verdict, reason, exitCode } = test
  const line = () => testLine(test, count, linePen(color)).join('\n')
  output.report(line, { test: name, status, verdict, reason, exitCode })
}

/** Prints the outcome of a suite, as text or, with JSON logs, as an object. */
export function printSuite(output: ConsoleOutput, suite: SuiteResult, directory: string, color: boolean): void {
  const { verdict, reason, exitCode } = suite
  const text = () => `\n${suiteText(suite, { ...renderOptionsFor(process.stderr, color), directory })}`
  output.report(text, { suite: suite.suite, verdict, reason, exitCode, directory })
}
