import { isMap } from '../../text/json.ts'
import type { Data } from '../template.ts'
import type { ForeignOptions } from './common/literal.ts'
import type { Note } from './common/notes.ts'
import { convertKrawall, isKrawall } from './krawall/krawall.ts'
import { convertTestbench, isTestbench } from './testbench/testbench.ts'

/** Options of converting another tool's file: what the scenario is for, and how to read files. */
export type { ForeignOptions } from './common/literal.ts'
/** A remark of a conversion on a part of the converted file. */
export type { Note } from './common/notes.ts'

type ForeignFormat = 'stream-testbench' | 'krawall'

/** A scenario converted from a file of another tool, with notes. */
export interface Foreign {
  readonly format: ForeignFormat
  readonly scenario: Data
  /** What differs or was left out, as text; empty for a complete conversion. */
  readonly notes: readonly string[]
  /** The notes with severity and place. */
  readonly located: readonly Note[]
}

/** Converts a parsed file of another load tester to a scenario, not validated yet; undefined when no converter knows it. */
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
