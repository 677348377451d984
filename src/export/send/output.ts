/** A way of sending metrics somewhere, and the form of the entry in a scenario that asks for it. */
import * as z from 'zod'
import { duration, lateObject } from '../../fields.ts'
import { isSecretName } from '../../text/secrets.ts'
import { secretsInAddress } from '../../text/written-secrets.ts'
import type { ExportSnapshot } from '../points/point.ts'

/** Whether an output accepted a snapshot of the metrics. */
export interface Taken {
  /** Why it was not taken, untrusted; null when it was. */
  readonly error: string | null
  /** Values that the receiver refused although it took the rest; left out for none. */
  readonly rejected?: number
  /** What the receiver says of what it took, untrusted; left out when it says nothing. */
  readonly remark?: string
}

/** An open output for metrics: an address or a file to which snapshots are sent. */
export interface Output {
  /** Sends the state of the metrics; resolves when it was taken, or given up. Never rejects. */
  send(snapshot: ExportSnapshot, signal: AbortSignal): Promise<Taken>
  /** Gives back what it holds; left out when that is nothing. */
  close?(): void
}

/** Where an `export` entry comes from (typed by the user, or in a file), and the environment variables that it may use. */
export interface AskedBy {
  /** True for what the user has typed: credentials of the environment go to no address that a file names. */
  readonly isTyped: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** An output for metrics before the run: where it sends, its secrets, and a function that opens it. */
export interface PlannedOutput {
  /** Where it sends, without credentials. */
  readonly to: string
  /** Texts that no output of burn may show. */
  readonly secrets: readonly string[]
  /** Returns the path of the file that it writes, for the folder of the run; left out for an address. */
  readonly fileIn?: (folder: string) => string
  /** Makes the output; `folder` is that of the run, for files that its scenario names. */
  readonly open: (folder: string) => Promise<Output>
}

/** An entry of `export` in a scenario, after validation. */
export interface ExportEntry {
  readonly kind: string
  /** Shortest time between two states that are sent, in ms. */
  readonly everyMs: number
  /** The file that it writes; undefined for an address. */
  readonly file: string | undefined
  /** Credentials in the entry: headers, tokens and those in the query of an address. */
  readonly secrets: readonly string[]
  /** @throws UsageError for variables of the environment that do not make sense */
  readonly plan: (by: AskedBy) => PlannedOutput
}

/** A kind of output for metrics, such as `otlp`: the keys that its entries have, and a function that plans an output from an entry. */
export interface ExportKind<Shape extends z.ZodRawShape> {
  readonly key: string
  /** What it is, for docs. */
  readonly describe: string
  /** The keys of an entry; one has the name of the kind. */
  readonly fields: () => Shape & Readonly<Record<string, z.ZodType>>
  /** Returns the file that an entry writes; left out by kinds that write none. */
  readonly fileOf?: (entry: z.output<z.ZodObject<Shape>>) => string | undefined
  readonly plan: (entry: z.output<z.ZodObject<Shape>>, by: AskedBy) => PlannedOutput
}

/** Returns the schema of the entries of `export` of one kind: its own keys, and `every`, which all kinds have. */
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

/** True for a text that is an http or https address. */
export const isHttp = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

/** Returns the schema of an http or https address without user and password, which belong into a header. */
export const httpAddress = (): z.ZodString =>
  z
    .string()
    .max(2000)
    .refine(isHttp, 'expected an address that begins with http:// or https://')
    .refine((text) => !isHttp(text) || !hasUser(new URL(text)), 'a user in an address is not sent: write a header')

const hasUser = ({ username, password }: URL) => username !== '' || password !== ''

/** Returns the schema of optional HTTP headers, names with values. */
export const headersField = () =>
  z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'expected the name of a header'),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII'),
    )
    .optional()
    .describe('Headers of each request; take what is secret from ${env.NAME}')
