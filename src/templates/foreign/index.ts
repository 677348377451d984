import { isMap } from '../../text/json.ts'
import type { Data } from '../template.ts'
import type { ForeignOptions } from './common/literal.ts'
import type { Note } from './common/notes.ts'
import { convertKrawall, isKrawall } from './krawall/krawall.ts'
import { convertTestbench, isTestbench } from './testbench/testbench.ts'

/** Options for converting another tool's file: whether the scenario is written to a file or run at once, and a function that reads other files. */
export type { ForeignOptions } from './common/literal.ts'
/** What a conversion tells the user about one part of another tool's file. */
export type { Note } from './common/notes.ts'

type ForeignFormat = 'stream-testbench' | 'krawall'

/** A scenario converted from another tool's file, with notes about what it does differently. */
export interface Foreign {
  readonly format: ForeignFormat
  readonly scenario: Data
  /** What the scenario does differently or leaves out, as text; empty when the conversion is complete. */
  readonly notes: readonly string[]
  /** The notes of the conversion, each with its severity and its place in the other tool's file. */
  readonly located: readonly Note[]
}

/** Converts a parsed file of the tools Stream Testbench or Krawall to a scenario, which is not validated yet; undefined for any other file. */
export function convertForeign(value: unknown, options: ForeignOptions = {}): Foreign | undefined {
  if (!isMap(value)) return undefined
  if (isTestbench(value)) return foreign('stream-testbench', convertTestbench(value, options))
  if (isKrawall(value)) return foreign('krawall', convertKrawall(value, options))
  return undefined
}

function foreign(format: ForeignFormat, { scenario, notes }: { scenario: Data; notes: readonly Note[] }): Foreign {
  const texts = notes.map(({ text, hint }) => (hint === undefined ? text : `${text}: ${hint}`))
  return { format, scenario, notes: texts, located: notes }
}
