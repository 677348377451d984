/** Finds out to which systems the metrics of a run are sent, from its scenario and flags. */

import { UsageError } from '../../errors.ts'
import type { Destination } from '../../export/exporter.ts'
import { exportForms } from '../../export/index.ts'
import { BY_VARIABLES } from '../../export/kinds/otlp.ts'
import type { AskedBy, ExportEntry } from '../../export/send/output.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { withoutSecrets } from '../../text/secrets.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { knownSecrets } from '../output/known-secrets.ts'

/** For each kind of `--export`, an example of what is written after the `=`. */
const EXAMPLES: Readonly<Record<string, string>> = {
  otlp: 'http://127.0.0.1:4318',
  statsd: '127.0.0.1:8125',
  datadog: '127.0.0.1:8125',
  influx: 'http://127.0.0.1:8086/write?db=burn',
  prometheus: 'burn.prom',
}

type ExportFlags = Pick<RunFlags, 'otlp' | 'export'>

/**
 * Returns the receivers (addresses and files) to which a run sends its metrics, from its scenario and flags, and masks their secrets in all output
 * from now on.
 * @throws UsageError for a flag or variable that is invalid
 */
export function destinationsOf(plan: Pick<Plan, 'export'>, flags: ExportFlags): readonly Destination[] {
  const { env: environment } = process
  const planned = (by: AskedBy) => (entry: ExportEntry) => ({ entry, planned: entry.plan(by) })
  const all = [
    ...plan.export.map(planned({ isTyped: false, environment })),
    ...typedEntries(flags).map(planned({ isTyped: true, environment })),
  ]
  for (const { entry, planned: one } of all) for (const secret of [...entry.secrets, ...one.secrets]) knownSecrets.add(secret)
  return all
}

/**
 * Parses the flags `--otlp` and `--export` to the receivers (addresses and files) that get the metrics of a run.
 * @throws UsageError
 */
export function typedEntries({ otlp, export: named = [] }: ExportFlags): readonly ExportEntry[] {
  const own = otlp === undefined ? [] : [otlpEntry(otlp === true ? BY_VARIABLES : otlp)]
  return [...own, ...named.map(namedEntry)]
}

function otlpEntry(where: string): ExportEntry {
  if (where !== BY_VARIABLES && !/^https?:\/\//i.test(where))
    throw new UsageError(
      `--otlp ${withoutSecrets(where)}: expected an address such as http://127.0.0.1:4318`,
      'to go by the OTEL_ variables, write --otlp=env, or --otlp as the last word',
    )
  return entryOf('otlp', where, `--otlp ${withoutSecrets(where)}`)
}

function namedEntry(text: string): ExportEntry {
  const [, kind = '', where = ''] = /^([a-z]+)=(.+)$/s.exec(text) ?? []
  if (Object.hasOwn(exportForms, kind)) return entryOf(kind, where, `--export ${withoutSecrets(text)}`)
  const alone = text.replace(/=$/, '')
  if (Object.hasOwn(exportForms, alone))
    throw new UsageError(
      `--export ${text}: where to is missing`,
      `write --export ${alone}=${EXAMPLES[alone] ?? 'WHERE'}${alone === 'otlp' ? ', or --otlp to go by the OTEL_ variables' : ''}`,
    )
  const kinds = Object.keys(exportForms).join(', ')
  throw new UsageError(
    `--export ${withoutSecrets(text)}: expected KIND=WHERE`,
    `the kinds are ${kinds}; such as --export prometheus=burn.prom`,
  )
}

/**
 * Makes the destination of one flag. `kind` is the system, `where` its address or file, and `flag` the flag for messages. @throws UsageError that
 * says what is wrong with the address
 */
function entryOf(kind: string, where: string, flag: string): ExportEntry {
  const parsed = exportForms[kind]?.safeParse({ [kind]: where })
  if (parsed?.success) return parsed.data
  throw new UsageError(`${flag}: ${parsed?.error.issues[0]?.message ?? 'there is no such kind'}`)
}
