import { extname } from 'node:path'
import * as z from 'zod'
import { lateObject } from '../fields.ts'

/** The allowed values of `onEnd` (what happens when all rows are used up) for each value of `pick`; the first is the default. */
const ON_END = {
  sequence: ['wrap', 'stop', 'fail'],
  shuffle: ['wrap', 'stop', 'fail'],
  unique: ['fail', 'stop'],
  user: ['fail', 'wrap'],
  random: [],
} as const satisfies Record<string, readonly OnEnd[]>

/**
 * What happens when all rows of a data file are used up: `wrap` hands them out again from the start (newly shuffled with `pick: shuffle`), `stop`
 * ends the run normally, `fail` ends it with an error.
 */
export type OnEnd = 'wrap' | 'stop' | 'fail'
type DataFormat = 'csv' | 'json' | 'jsonl'

const FORMATS: Readonly<Record<string, DataFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

const tableFields = () => ({
  file: z.string().min(1).describe('Path of the file, from the folder of the scenario and within it'),
  format: z
    .enum(['csv', 'json', 'jsonl'])
    .optional()
    .describe('csv, json (a list of maps, at most 64 MiB) or jsonl (one map on each line). Left out: by the ending of the name'),
  delimiter: z
    .string()
    .regex(/^[^"\r\n\u0080-\uffff]$/, 'expected one ASCII character, such as ; or a tab')
    .optional()
    .describe('What stands between the fields of a CSV row. Default a comma; a tab for .tsv'),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .max(1000)
    .optional()
    .describe('Names of the columns of a CSV file without a header row'),
})

function problemOfTable(spec: TableSpec): [path: string, message: string] | undefined {
  const format = spec.format ?? FORMATS[extname(spec.file).toLowerCase()]
  if (format === undefined) return ['file', 'cannot tell the format from the name: add format: csv, json or jsonl']
  if (format === 'csv') return undefined
  const extra = (['delimiter', 'columns'] as const).find((key) => spec[key] !== undefined)
  return extra && [extra, `${extra} belongs to CSV files, this is ${format}`]
}

/** The schema of an item of the `data:` block of a scenario: a file and how its rows are handed out to iterations. */
export const feederSchema = lateObject(() => ({
  ...tableFields(),
  pick: z
    .enum(['sequence', 'random', 'shuffle', 'unique', 'user'])
    .default('sequence')
    .describe(
      'Which row an iteration gets. sequence: one after the other; random: any; shuffle: all in random order, then again in another; ' +
        'unique: each row once in the whole run, over all shards; user: each user keeps the row of its number',
    ),
  onEnd: z
    .enum(['wrap', 'stop', 'fail'])
    .optional()
    .describe(
      'When the rows are used up. wrap: begin again (default of sequence and shuffle); stop: end the run; ' +
        'fail: end it with an error (default of unique, and of user when there are more users than rows)',
    ),
}))
  .superRefine((spec, context) => {
    const problem = problemOfTable(spec)
    if (problem) context.addIssue({ code: 'custom', path: [problem[0]], message: problem[1] })
    const allowed: readonly string[] = ON_END[spec.pick]
    if (spec.onEnd === undefined || allowed.includes(spec.onEnd)) return
    const message =
      allowed.length === 0 ? `pick: ${spec.pick} has no end` : `pick: ${spec.pick} takes onEnd: ${allowed.join(' or ')}`
    context.addIssue({ code: 'custom', path: ['onEnd'], message })
  })
  .describe('A file of data and how its rows are picked')

/** The schema of the `data:` block, which names data files. In a scenario, `{{name.column}}` is a value from the row that the iteration got. */
export const dataSchema = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, 'expected a variable name: letters, digits, _'), feederSchema)
  .describe('Data files by name. Each iteration gets one row of each: {{name.column}}')

/** One item of the `data:` block of a scenario, after validation: a file, and how its rows are handed out to iterations. */
export type FeederSpec = z.output<typeof feederSchema>

/** The path and format of a data file: the part of an item of `data:` that is needed to read rows. */
export type TableSpec = Readonly<Pick<FeederSpec, 'file' | 'format' | 'delimiter' | 'columns'>>

/** Returns the format of a data file: the setting `format`, or else what the file's extension says. */
export function formatOf(spec: TableSpec): DataFormat {
  return spec.format ?? FORMATS[extname(spec.file).toLowerCase()] ?? 'csv'
}

/**
 * Returns the character code of the delimiter between the fields of a CSV file: the setting `delimiter`, or else a tab for `.tsv` files and a comma
 * for all others.
 */
export function delimiterOf(spec: TableSpec): number {
  return (spec.delimiter ?? (spec.file.toLowerCase().endsWith('.tsv') ? '\t' : ',')).charCodeAt(0)
}

/** Returns what happens when all rows of a data file are used up: the setting `onEnd`, or else the default, which depends on the setting `pick`. */
export function onEndOf(spec: FeederSpec): OnEnd {
  return spec.onEnd ?? ON_END[spec.pick][0] ?? 'wrap'
}
