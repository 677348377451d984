/** What an authentication scheme is, and what it gives to a request. */
import type * as z from 'zod'
import { TargetError } from '../errors.ts'

/** Headers and query parameters that prove who is calling. All values are secrets. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

/** No token could be had: the fault of whoever issues them. Its class is `auth_failed`. */
export class AuthError extends TargetError {
  override name = 'AuthError'
  constructor(message: string, options?: ErrorOptions) {
    super('auth_failed', 'connect', message, options)
  }
}

/** One user, as its credentials are seen from. */
export interface AuthUser {
  /** Number of the user in the whole run, from 0. */
  readonly id: number
  /** The `auth:` block with its templates rendered for this user now; the same object again when nothing in it can change. */
  fields(): unknown
}

/** A row of identities. */
export type Identity = Readonly<Record<string, unknown>>

/** Gives each user its credentials for as long as a run lasts. */
export interface CredentialSource {
  /**
   * Undefined when credentials are at hand, which is the usual case; else a promise that is settled when they are. To be asked once before
   * each attempt. Rejects with AuthError when they cannot be had, and with whatever `fields` throws.
   */
  ready(user: AuthUser): Promise<void> | undefined
  /** The credentials for a request to `url`; only after `ready`. */
  current(user: AuthUser, url: string): Credentials
  /** The target answered 401 to what was sent at this time (monotonic ms): a token that old is dropped, and the next `ready` gets another. */
  refused(user: AuthUser, sentAt: number): void
  /** The target at `url` sent these `Set-Cookie` headers. */
  observe(user: AuthUser, url: string, setCookies: readonly string[]): void
  /** The user's row of identities, for `{{identity.…}}`; undefined in other schemes. Throws LocalError when there are too few rows. */
  identity(userId: number): Identity | undefined
  /** Frees files and sockets. */
  close(): Promise<void>
}

/** Rows of identities by number. */
export interface IdentityRows {
  readonly columns: readonly string[] | undefined
  readonly count: number
  row(index: number): Identity
  close(): void
}

/** How the file of identities is written. */
export interface IdentityFile {
  readonly file: string
  readonly format?: 'csv' | 'json' | 'jsonl' | undefined
  readonly delimiter?: string | undefined
  readonly columns?: string[] | undefined
}

/** What the run lends to a source. */
export interface AuthContext {
  /** Folder of the scenario: where relative paths of key files start. */
  readonly baseDir: string
  /** Hears every secret that turns up during the run, before it is used. */
  onSecret(value: string): void
  /** Opens a file of identities. */
  openRows(file: IdentityFile): Promise<IdentityRows>
  /** The address that is meant, such as that of the embedded mock for `mock:/login`. */
  readonly resolveUrl?: (url: string) => string
  /** Trust in the servers that issue tokens. */
  readonly tls?: { readonly ca?: string | Buffer | (string | Buffer)[]; readonly rejectUnauthorized?: boolean }
  /** Aborted when the run is over: requests for tokens end. */
  readonly signal?: AbortSignal
}

/** One `auth: { type: … }`: either known from its fields alone, or opened for a run. */
export interface AuthScheme<Fields = unknown> {
  readonly type: string
  readonly fields: z.ZodObject
  /** Names of the fields whose values must never be written out. */
  readonly secretFields: readonly string[]
  /** The values that must never be written out, where names of fields are not enough. */
  secrets?(fields: Fields): string[]
  /** Credentials from fields whose templates are rendered for one user. */
  credentials?(fields: Fields): Credentials
  /** A source for a run; the templates in `block` are not rendered. Rejects with LocalError when its files are no good. */
  open?(block: Fields, context: AuthContext): CredentialSource | Promise<CredentialSource>
}

/** A source with the parts that most schemes do without filled in. */
export function defineSource(parts: Pick<CredentialSource, 'ready' | 'current'> & Partial<CredentialSource>): CredentialSource {
  return { refused: () => {}, observe: () => {}, identity: () => undefined, close: async () => {}, ...parts }
}

/** A header or a query parameter with a secret. */
export function placed(name: string, value: string, place: 'header' | 'query' = 'header'): Credentials {
  return place === 'query' ? { headers: {}, query: { [name]: value } } : { headers: { [name.toLowerCase()]: value }, query: {} }
}

/** `prefix value`, or the value alone. */
export function prefixed(prefix: string, value: string): string {
  return prefix === '' ? value : `${prefix} ${value}`
}

/** The values in a block that must never be written out. */
export function secretsIn({ secretFields, secrets }: Pick<AuthScheme, 'secretFields' | 'secrets'>, block: unknown): string[] {
  const fields = block as Record<string, unknown> // a block is a map: the schema says so
  return secrets ? secrets(block) : secretFields.flatMap((name) => leaves(fields[name]))
}

/** Every text and number below a value, as text. */
export function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : []
}
