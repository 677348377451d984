/** Reads the faults for `burn relay` from its flags and from a file. */
import * as z from 'zod'
import { ScenarioError, UsageError } from '../../errors.ts'
import { type FaultSpec, type WireSpec, wireForms } from '../../faults/index.ts'
import { adaptValues } from '../../scenario/explain/adapt.ts'
import { explain } from '../../scenario/explain/explain.ts'
import { hasErrors, inOrder, toProblem } from '../../scenario/explain/problems.ts'
import { parseScenario } from '../../scenario/read/read.ts'
import { readSource } from '../../scenario/read/source-file.ts'
import { faultsSchema } from '../../scenario/schema/blocks/index.ts'

/** The flags of `burn relay`, as the user typed them. */
export interface RelayFlags {
  readonly to: string
  readonly listen?: string
  readonly bind: string
  readonly faults?: string
  readonly latency?: string
  readonly jitter?: string
  readonly bandwidth?: string
  readonly slice?: string
  readonly gap?: string
  readonly slowClose?: string
  readonly blackHole?: boolean
  readonly resetAfter?: string
  readonly refuse?: boolean
  readonly direction?: string
  readonly probability?: string
  readonly from?: string
  readonly until?: string
  readonly seed?: string
  readonly json?: boolean
}

/** The kinds of fault that `burn relay` has a flag for. */
const KINDS = ['latency', 'bandwidth', 'slice', 'slowClose', 'blackHole', 'resetAfter', 'refuse'] as const
type FlagKind = (typeof KINDS)[number]
const SCOPE = ['direction', 'probability', 'from', 'until'] as const
/** The flags that refine the fault of another flag, each with the name of that fault. */
const DETAILS = { jitter: 'latency', gap: 'slice' } as const

/**
 * Returns the faults that the flags of `burn relay` describe, at most one of each type. Flags such as --direction and --from, which limit where and
 * when a fault acts, apply to all of them.
 * @throws UsageError
 */
export function faultsOfFlags(flags: RelayFlags): WireSpec[] {
  for (const [detail, owner] of Object.entries(DETAILS) as [keyof typeof DETAILS, 'latency' | 'slice'][])
    if (flags[detail] !== undefined && flags[owner] === undefined)
      throw new UsageError(`${flagOf(detail)} says more of ${flagOf(owner)}, which is missing`, `add ${flagOf(owner)}`)
  const scope = Object.fromEntries(SCOPE.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])))
  const kinds = KINDS.filter((kind) => flags[kind] !== undefined)
  const [lonely] = Object.keys(scope)
  if (kinds.length === 0 && lonely !== undefined)
    throw new UsageError(
      `${flagOf(lonely)} says of which bytes a fault is made, and no flag says which fault`,
      'such as --latency 50ms',
    )
  return kinds.map((kind) => {
    const details = Object.entries(DETAILS).flatMap(([detail, owner]) => {
      const value = flags[detail as keyof typeof DETAILS]
      return owner === kind && value !== undefined ? [[detail, value]] : []
    })
    return readFlags(kind, { [kind]: writtenValue(flags, kind), ...Object.fromEntries(details), ...scope })
  })
}

function writtenValue(flags: RelayFlags, kind: FlagKind): unknown {
  return kind === 'slice' && /^\d+$/.test(flags.slice ?? '') ? Number(flags.slice) : flags[kind]
}

function readFlags(kind: FlagKind, entry: Readonly<Record<string, unknown>>): WireSpec {
  const read = wireForms[kind]?.safeParse(entry)
  if (!read) throw new Error(`there is no fault ${kind}`)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const key = String(issue?.path[0] ?? kind)
  const message = issue?.message.replace(/`(\w+)`/g, (_, other: string) => flagOf(other))
  throw new UsageError(`${flagOf(key)} ${String(entry[key])}: ${message}`, 'burn relay --help')
}

const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The faults in a file that `burn relay` reads, and the names of those in it that a relay cannot inject. */
interface FileFaults {
  readonly faults: readonly WireSpec[]
  /** The names of the kinds that a relay cannot inject because they act on messages, such as `delay`; each once. */
  readonly left: readonly string[]
}

/**
 * Returns the faults that a file describes. The file is a list of faults, or has such a list under the key `faults`, as a scenario does. Of faults
 * that a relay cannot inject, it returns only the names of their types, such as `delay`.
 * @throws ScenarioError
 */
export function faultsOfFile(file: string): FileFaults {
  const source = readSource(file)
  const parsed = parseScenario(source.text, file)
  if (hasErrors(parsed.problems)) throw new ScenarioError(inOrder(parsed.problems, file))
  const isList = Array.isArray(parsed.value)
  const schema = isList ? faultsSchema : z.looseObject({ faults: faultsSchema })
  const value = adaptValues(parsed.value, parsed.references, schema)
  const read = schema.safeParse(value)
  if (!read.success) {
    const problems = explain(read.error.issues, schema, value).map((finding) => toProblem(finding, parsed.locate))
    throw new ScenarioError(inOrder([...parsed.problems, ...problems], file))
  }
  const all = Array.isArray(read.data) ? read.data : read.data.faults
  const isOnWire = (fault: FaultSpec | WireSpec): fault is WireSpec => fault.kind in wireForms
  return { faults: all.filter(isOnWire), left: [...new Set(all.filter((fault) => !isOnWire(fault)).map(({ kind }) => kind))] }
}
