/** Scenario files of other load testers, read as they are. */
import { isMap } from '../../text/json.ts'
import type { Data } from '../template.ts'
import type { ForeignOptions } from './common/literal.ts'
import type { Note } from './common/notes.ts'
import { convertKrawall, isKrawall } from './krawall/krawall.ts'
import { convertTestbench, isTestbench } from './testbench/testbench.ts'

export type { ForeignOptions } from './common/literal.ts'
export type { Note } from './common/notes.ts'

type ForeignFormat = 'stream-testbench' | 'krawall'

/** A scenario made from a file of another tool. */
export interface Foreign {
  readonly format: ForeignFormat
  readonly scenario: Data
  /** What is not the same, or was left out; empty when nothing is. */
  readonly notes: readonly string[]
  /** The same with how grave it is, and where. */
  readonly told: readonly Note[]
}

/**
 * A file of another load tester, already parsed, as a scenario; undefined when it is none. The result is plain data that the scenario schema
 * has yet to check. `forFile: false` is for running it at once: secrets stay as they are.
 */
export function convertForeign(value: unknown, options: ForeignOptions = {}): Foreign | undefined {
  if (!isMap(value)) return undefined
  if (isTestbench(value)) return foreign('stream-testbench', convertTestbench(value, options))
  if (isKrawall(value)) return foreign('krawall', convertKrawall(value, options))
  return undefined
}

function foreign(format: ForeignFormat, { scenario, notes }: { scenario: Data; notes: readonly Note[] }): Foreign {
  const texts = notes.map(({ text, hint }) => (hint === undefined ? text : `${text}: ${hint}`))
  return { format, scenario, notes: texts, told: notes }
}
