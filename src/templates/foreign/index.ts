import { isMap } from '../../text/json.ts'
import type { Data } from '../template.ts'
import type { ForeignOptions } from './common/literal.ts'
import type { Note } from './common/notes.ts'
import { convertKrawall, isKrawall } from './krawall/krawall.ts'
import { convertTestbench, isTestbench } from './testbench/testbench.ts'

/** Options for converting another tool's file: whether the scenario is for a file, and a function that reads other files. */
export type { ForeignOptions } from './common/literal.ts'
/** A remark of a conversion about one part of the other tool's file. */
export type { Note } from './common/notes.ts'

type ForeignFormat = 'stream-testbench' | 'krawall'

/** A scenario converted from a file of another tool, with notes. */
export interface Foreign {
  readonly format: ForeignFormat
  readonly scenario: Data
  /** What the scenario does differently or leaves out, as text; empty when the conversion is complete. */
  readonly notes: readonly string[]
  /** The same notes, each with its severity and its place in the other tool's file. */
  readonly located: readonly Note[]
}

/** Converts a parsed file of Stream Testbench or Krawall to a scenario that is not validated yet; undefined for other files. */
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
