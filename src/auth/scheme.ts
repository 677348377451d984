/** The interface of authentication schemes, and of the credentials with which they authenticate a request. */
import type * as z from 'zod'
import { TargetError } from '../errors.ts'
import type { UnsignedRequest } from './signing/sigv4.ts'

/** Headers and query parameters that authenticate a request. All values are secret; header names are in lower case. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Returns the headers that sign a request; left out by schemes whose credentials are the same for every request. */
  readonly sign?: (request: UnsignedRequest) => Readonly<Record<string, string>>
}

/** Thrown when a login or token server did not give a token. Its failure class is `auth_failed`. */
export class AuthError extends TargetError {
  override name = 'AuthError'
  /** True when the same request may succeed a moment later, as after a status 503 or a broken connection. */
  readonly mayPass: boolean
  constructor(message: string, { mayPass = false, ...options }: ErrorOptions & { readonly mayPass?: boolean } = {}) {
    super('auth_failed', 'connect', message, options)
    this.mayPass = mayPass
  }
}

/**
 * What an auth scheme knows about a simulated user: the user's number, and a function that returns the `auth:` block with the templates rendered for
 * this user.
 */
export interface AuthUser {
  /** Number of the user in the whole run, from 0. */
  readonly id: number
  /** Returns the `auth:` block rendered for this user; always the same object when none of its templates can change. */
  fields(): unknown
}

/** One user's row of the data file of an `auth:` block of type `identities`: values by column name. */
export type Identity = Readonly<Record<string, unknown>>

/** Prepares and returns the credentials with which each user of a run authenticates, and renews them when they expire. */
export interface CredentialSource {
  /**
   * Prepares the credentials of `user`; called once before each attempt. Returns undefined when they are ready, as is usual, else
   * a promise that resolves when they are. Rejects with AuthError when they cannot be fetched, and with whatever `fields` throws.
   */
  ready(user: AuthUser): Promise<void> | undefined
  /** Returns the credentials for a request to `url`; called only after `ready`. */
  current(user: AuthUser, url: string): Credentials
  /** Handles a reply 401 to a request that was sent at `sentAt` (monotonic ms): the token used is dropped, and the next `ready` gets another one. */
  refused(user: AuthUser, sentAt: number): void
  /** Handles the `Set-Cookie` headers that the target at `url` sent to `user`. */
  observe(user: AuthUser, url: string, setCookies: readonly string[]): void
  /** Returns the user's row of the identities file; undefined in schemes without such a file. Throws LocalError when the file has too few rows. */
  identity(userId: number): Identity | undefined
  /** Closes the files and sockets of this source. */
  close(): Promise<void>
}

/** The open data file of an `auth:` block of type `identities`: gives a user's row by its number, which counts from 0. */
export interface IdentityRows {
  /** Names of the columns; undefined when each row has its own (JSON). */
  readonly columns: readonly string[] | undefined
  readonly count: number
  row(index: number): Identity
  close(): void
}

/** The path and format of the data file of an `auth:` block of type `identities`. Each row of the file holds the credentials of one user. */
export interface IdentityFile {
  readonly file: string
  readonly format?: 'csv' | 'json' | 'jsonl' | undefined
  readonly delimiter?: string | undefined
  readonly columns?: string[] | undefined
}

/** What an auth scheme may use during a run, such as the scenario's folder, TLS options, and a function that registers secrets. */
export interface AuthContext {
  /** Folder of the scenario; relative paths of key files start there. */
  readonly baseDir: string
  /** Called with every secret that becomes known during the run, before the secret is used, so that it can be masked. */
  onSecret(value: string): void
  /** Opens the data file of an `identities` block. */
  openRows(file: IdentityFile): Promise<IdentityRows>
  /** Returns the real address for one in the scenario, such as the mock server's for `mock:/login`. */
  readonly resolveUrl?: (url: string) => string
  /** TLS options for the servers that issue tokens. */
  readonly tls?: { readonly ca?: string | Buffer | (string | Buffer)[]; readonly rejectUnauthorized?: boolean }
  /** Aborted when the run is over. Requests for tokens that are under way then end. */
  readonly signal?: AbortSignal
}

/**
 * One way to authenticate, such as a bearer token or OAuth 2: the schema of its `auth:` block, and a function that gives credentials. This function
 * is `credentials` when the block alone holds everything to send, else `open`, for example when a server must first issue a token.
 */
export interface AuthScheme<Fields = unknown> {
  readonly type: string
  readonly fields: z.ZodObject
  /** Names of the fields whose values must never be printed or stored. */
  readonly secretFields: readonly string[]
  /** Returns the secret values of an `auth:` block; left out by schemes for which `secretFields` is enough. */
  secrets?(fields: Fields): string[]
  /** Returns the credentials from fields whose templates are rendered for one user; left out by schemes that first ask a server. */
  credentials?(fields: Fields): Credentials
  /**
   * Opens the scheme for a run; the templates in `block` are not rendered. Rejects with LocalError when its files cannot be used. Left out by schemes
   * that have `credentials`.
   */
  open?(block: Fields, context: AuthContext): CredentialSource | Promise<CredentialSource>
}

/**
 * Returns a source of credentials with the methods in `parts`, which need only prepare credentials (`ready`) and return them (`current`). The other
 * methods, such as the one for a reply 401, then do nothing.
 */
export function defineSource(parts: Pick<CredentialSource, 'ready' | 'current'> & Partial<CredentialSource>): CredentialSource {
  return { refused: () => {}, observe: () => {}, identity: () => undefined, close: async () => {}, ...parts }
}

/** Returns credentials that consist of one header or one query parameter, with the given name and value. `place` says which of the two it is. */
export function placed(name: string, value: string, place: 'header' | 'query' = 'header'): Credentials {
  return place === 'query' ? { headers: {}, query: { [name]: value } } : { headers: { [name.toLowerCase()]: value }, query: {} }
}

/** Puts `prefix` and a space before a credential, as in `Bearer abc`; an empty prefix adds nothing. */
export function prefixed(prefix: string, value: string): string {
  return prefix === '' ? value : `${prefix} ${value}`
}

/**
 * Returns the values in an `auth:` block that must never be printed or stored. The first argument is the auth scheme of the block, which names the
 * fields that hold secrets.
 */
export function secretsIn({ secretFields, secrets }: Pick<AuthScheme, 'secretFields' | 'secrets'>, block: unknown): string[] {
  const fields = block as Record<string, unknown> // a block is a map: the schema says so
  return secrets ? secrets(block) : secretFields.flatMap((name) => leaves(fields[name]))
}

/** Returns every text and every number found anywhere inside an `auth:` block, as texts, so that secrets among them can be masked. */
export function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : []
}
