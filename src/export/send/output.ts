/** The interface of outputs for metrics, and the schema of the entries in a scenario that ask for one. */
import * as z from 'zod'
import { duration, lateObject } from '../../fields.ts'
import { isSecretName } from '../../text/secrets.ts'
import { secretsInAddress } from '../../text/written-secrets.ts'
import type { ExportSnapshot } from '../points/point.ts'

/** How the receiver of exported metrics answered a snapshot: whether it accepted the snapshot, and how many values it rejected. */
export interface Taken {
  /** Why the snapshot was not accepted, untrusted; null when it was. */
  readonly error: string | null
  /** Number of values that the receiver rejected although it accepted the rest; left out for none. */
  readonly rejected?: number
  /** The receiver's message about a snapshot that it accepted, untrusted; left out when there is none. */
  readonly remark?: string
}

/** An open output for metrics: an address or a file to which snapshots are sent. */
export interface Output {
  /** Sends a snapshot of the metrics; resolves when it was accepted or given up. Never rejects. */
  send(snapshot: ExportSnapshot, signal: AbortSignal): Promise<Taken>
  /** Frees what the output holds, such as a socket; left out when it holds nothing. */
  close?(): void
}

/** The origin of an `export` item: whether the user typed it or a file contains it, and the environment variables that it may use. */
export interface AskedBy {
  /** True for an entry that the user typed. Credentials of the environment are never sent to an address that comes from a file. */
  readonly isTyped: boolean
  readonly environment: Readonly<NodeJS.Dict<string>>
}

/** An output for metrics that is not open yet: its address or file, its secrets, and a function that opens it. */
export interface PlannedOutput {
  /** The address or file to which it sends, without credentials. */
  readonly to: string
  /** Texts that burn must mask in all of its outputs. */
  readonly secrets: readonly string[]
  /** Returns the path of the file that it writes, given the folder of the run; left out when it sends to an address. */
  readonly fileIn?: (folder: string) => string
  /** Opens the output. `folder` is the folder of the run, for files that the scenario names. */
  readonly open: (folder: string) => Promise<Output>
}

/** An item of `export` in a scenario, after validation: a format, an address or file, and how often metrics are sent. */
export interface ExportEntry {
  readonly kind: string
  /** The shortest time between two snapshots that are sent, in ms. */
  readonly everyMs: number
  /** The file that the entry writes; undefined when it sends to an address. */
  readonly file: string | undefined
  /** Credentials in the entry: headers, tokens, and those in the query of an address. */
  readonly secrets: readonly string[]
  /** Plans the output of this entry. @throws UsageError for invalid environment variables */
  readonly plan: (by: AskedBy) => PlannedOutput
}

/**
 * A format in which metrics can be exported, such as `otlp`: the keys that its items in `export` have, and a function that plans an output from an
 * item.
 */
interface ExportKind<Shape extends z.ZodRawShape> {
  readonly key: string
  /** A description of the kind, for the docs. */
  readonly describe: string
  /** Returns the schemas of the keys of an entry. One of the keys is the name of the kind. */
  readonly fields: () => Shape & Readonly<Record<string, z.ZodType>>
  /** Returns the file that an entry writes; left out by kinds that write no file. */
  readonly fileOf?: (entry: z.output<z.ZodObject<Shape>>) => string | undefined
  readonly plan: (entry: z.output<z.ZodObject<Shape>>, by: AskedBy) => PlannedOutput
}

/** Returns the schema of the `export` items with one format, such as `otlp`: the keys of the format, and `every`, which all formats have. */
export function formOf<Shape extends z.ZodRawShape>({
  key,
  describe,
  fields,
  fileOf,
  plan,
}: ExportKind<Shape>): z.ZodType<ExportEntry> {
  return lateObject(() => ({
    ...fields(),
    every: duration()
      .refine((ms) => ms >= 1000 && ms <= 3_600_000, 'expected 1s to 1h')
      .default(10_000)
      .describe(
        'How often metrics are sent, at most: they are those of a checkpoint, which is made every few seconds. Default 10s',
      ),
  }))
    .transform((entry): ExportEntry => {
      const own = entry as unknown as z.output<z.ZodObject<Shape>> & { readonly every: number; readonly token?: string } // zod loses the keys of a generic shape
      const inAddresses = Object.values(entry).flatMap((value) => (typeof value === 'string' ? secretsInAddress(value) : []))
      return {
        kind: key,
        everyMs: own.every,
        file: fileOf?.(own),
        secrets: [...secretsIn(own), ...inAddresses],
        plan: (by) => plan(own, by),
      }
    })
    .describe(describe)
}

function secretsIn({
  headers = {},
  token,
}: {
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string
}): string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => (isSecretName(name) ? [value] : []))
  return [...values.map((value) => value.replace(/^(?:Bearer|Basic|Token)\s+/i, '')), ...(token === undefined ? [] : [token])]
}

/** True when the value of an `export` item is an http or https address, and not a file. */
export const isHttp = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

/** Returns the schema of an http or https address without user name and password, because these belong in a header. */
export const httpAddress = (): z.ZodString =>
  z
    .string()
    .max(2000)
    .refine(isHttp, 'expected an address that begins with http:// or https://')
    .refine((text) => !isHttp(text) || !hasUser(new URL(text)), 'a user in an address is not sent: write a header')

const hasUser = ({ username, password }: URL) => username !== '' || password !== ''

/** Returns the schema of optional HTTP headers: names with their values. */
export const headersField = () =>
  z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'expected the name of a header'),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII'),
    )
    .optional()
    .describe('Headers of each request; take what is secret from ${env.NAME}')
