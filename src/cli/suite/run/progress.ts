/** What a suite prints while it goes on, when its tests run one after the other. */
import { suiteText } from '../../../report/suite/console.ts'
import { testLine } from '../../../report/suite/line.ts'
import { makePen } from '../../../report/text/pen.ts'
import type { SuiteResult, SuiteTest } from '../../../result/suite.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { type ConsoleOutput, renderOptionsFor } from '../../output/console.ts'
import type { RunOutput } from '../../run/recorded/settings.ts'

/** Shows how far a suite is. */
export interface SuiteProgress {
  /** A test begins; returns what its run prints by. `count` is the number of all tests. */
  begin(test: SuiteTest, count: number): RunOutput
  /** A test is over. */
  end(test: SuiteTest, count: number): void
  /** Gives the terminal back. */
  release(): void
}

/** Shows one test at a time, as a run by itself is shown. */
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

/** Prints the line of a test that is over; as lines of JSON, its fields. */
export function printEnd(output: ConsoleOutput, test: SuiteTest, count: number, color: boolean): void {
  const { name, status, verdict, reason, exitCode } = test
  const line = () => testLine(test, count, makePen(renderOptionsFor(process.stderr, color))).join('\n')
  output.report(line, { test: name, status, verdict, reason, exitCode })
}

/** Prints what a suite came to; as lines of JSON, its fields. */
export function printSuite(output: ConsoleOutput, suite: SuiteResult, directory: string, color: boolean): void {
  const { verdict, reason, exitCode } = suite
  const text = () => `\n${suiteText(suite, { ...renderOptionsFor(process.stderr, color), directory })}`
  output.report(text, { suite: suite.suite, verdict, reason, exitCode, directory })
}
