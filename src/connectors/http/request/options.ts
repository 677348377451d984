import * as z from 'zod'
import { lateObject, whole } from '../../../fields.ts'
import { dnsSchema } from '../../wire/dns.ts'
import { readProxy } from '../../wire/proxy.ts'
import { multipartSchema } from './multipart-schema.ts'

const method = () =>
  z
    .string()
    .regex(/^[A-Z][A-Z-]*$/, 'expected an HTTP method in capitals, such as POST')
    .refine((name) => name !== 'CONNECT' && name !== 'TRACE', 'CONNECT and TRACE cannot be used')

const scalar = () => z.union([z.string(), z.number(), z.boolean()])

/** The largest number of values of one form or query field. */
const MAX_VALUES = 1000

/** Makes a schema for fields by name. A field with a list is sent once for each value of the list. */
const repeatable = () => z.record(z.string(), z.union([scalar(), z.array(scalar()).max(MAX_VALUES)]))

/** The size of a pool of shared connections when `maxConnections` is not set; many clients of LLM APIs have the same default. */
export const DEFAULT_CONNECTIONS = 100

/** Returns the schemas of the settings that the `http:` and `sse:` blocks of a target have in common. */
export const httpFields = () => ({
  method: method().default('POST').describe('Method of message steps; GET sends the fields of the message as query parameters'),
  path: z
    .string()
    .optional()
    .describe('Path of the requests: with a leading / it replaces the path of the URL, else it is added below it'),
  maxRedirects: whole(0, 20)
    .default(0)
    .describe('How many redirects to follow; one more fails. 0 takes a redirect for the reply, with a warning'),
  crossOriginRedirects: z
    .boolean()
    .default(false)
    .describe('Follow redirects to another origin too; only content headers go there, never credentials'),
  keepAlive: z.boolean().default(true).describe('Ask the server to keep the connection open after a reply'),
  connection: z
    .enum(['user', 'shared', 'new'])
    .default('user')
    .describe(
      'user: one connection for each user, kept as long as the server does; shared: all users of this process draw from a pool of kept connections (maxConnections); new: one for each request',
    ),
  maxConnections: whole(1, 100_000)
    .optional()
    .describe(
      `connection: shared: most connections to one origin at a time (default ${DEFAULT_CONNECTIONS}). A request that finds all of them busy waits in line, at most timeouts.connect`,
    ),
  compress: z.boolean().default(false).describe('Ask for compressed replies (gzip, deflate, br)'),
  unixSocket: z.string().optional().describe('Path of a Unix socket to connect to, in place of the host of the URL'),
  dns: dnsSchema.optional(),
  proxy: z
    .string()
    .refine(
      (text) => text === 'none' || readProxy(text) !== undefined,
      'expected none, or an HTTP proxy such as http://host:3128',
    )
    .optional()
    .describe(
      'HTTP proxy, such as http://user:password@host:3128, in place of the one that HTTP_PROXY or HTTPS_PROXY names; none: no proxy',
    ),
  client: z
    .enum(['burn', 'undici'])
    .optional()
    .describe(
      'HTTP/1.1 client: burn, its own (default); or the library undici, which needs more CPU and memory, to compare the two',
    ),
})

type PoolFields = { readonly connection: string; readonly maxConnections?: number | undefined; readonly keepAlive: boolean }

/** A rule for the schema of `http:` and `sse:` blocks: `maxConnections` is only allowed with `connection: shared`. */
export const poolHasASize = {
  check: (o: PoolFields) => o.connection === 'shared' || o.maxConnections === undefined,
  issue: { message: 'maxConnections belongs to connection: shared', path: ['maxConnections'] },
}
/** A rule for the schema of `http:` and `sse:` blocks: `connection: shared` needs `keepAlive`. */
export const poolKeepsAlive = {
  check: (o: PoolFields) => o.connection !== 'shared' || o.keepAlive,
  issue: { message: 'connection: shared keeps its connections: leave out keepAlive: false', path: ['keepAlive'] },
}

/** The schema of the `http:` block of a target, which has the settings for HTTP. */
export const httpOptions = lateObject(() => ({
  ...httpFields(),
  version: z
    .union([z.enum(['1.1', '2']), z.literal([1.1, 2])])
    .transform((version) => String(version) as '1.1' | '2') // the union admits no other
    .default('1.1')
    .describe('HTTP version. 2: by ALPN over TLS, else clear text with prior knowledge; without redirects and compression'),
  streams: whole(1, 10_000)
    .optional()
    .describe('HTTP/2: share connections between users, with this many streams on each; left out: one connection for each user'),
}))
  .refine((o) => o.version === '2' || o.streams === undefined, { message: 'streams belong to version: "2"', path: ['streams'] })
  .refine((o) => o.version === '1.1' || !(o.compress || o.maxRedirects > 0), {
    message: 'compress and maxRedirects need version: "1.1"',
    path: ['version'],
  })
  .refine((o) => o.version === '1.1' || o.connection !== 'shared', {
    message: 'connection: shared is a pool for HTTP/1.1; with version: "2" users share connections by streams',
    path: ['connection'],
  })
  .refine((o) => o.version === '1.1' || o.client === undefined, {
    message: 'client is that of HTTP/1.1: leave it out with version: "2"',
    path: ['client'],
  })
  .refine(poolHasASize.check, poolHasASize.issue)
  .refine(poolKeepsAlive.check, poolKeepsAlive.issue)
  .describe('HTTP/1.1 or HTTP/2')

/**
 * Returns the largest number of connections that `users` users of an HTTP target have open at the same time. Without a shared pool, each user has
 * one; with a shared pool, there are no more than the pool's size.
 */
export function poolSockets({ connection, maxConnections }: PoolFields, users: number): number {
  return connection === 'shared' ? Math.min(users, maxConnections ?? DEFAULT_CONNECTIONS) : users
}

/**
 * Returns the default size of a target's pool of shared connections when the scenario asks for a pool without giving its size; undefined otherwise.
 */
export function unchosenPool({ connection, maxConnections }: PoolFields): number | undefined {
  return connection === 'shared' && maxConnections === undefined ? DEFAULT_CONNECTIONS : undefined
}

/** The settings that the `http:` and `sse:` blocks of a target have in common, after validation. */
export type HttpFields = z.infer<z.ZodObject<ReturnType<typeof httpFields>>>
/** The `http:` block of a target, after validation. */
export type HttpOptions = z.infer<typeof httpOptions>

/** True for a path; false for a whole address such as `http://…`, which does not belong in the key `path`. */
const noAddress = (path: string) => !/^[a-z][a-z\d+.-]*:\/\//i.test(path)

/** True for an HTTP address, and for a text with templates that may become one. */
const maybeHttp = (url: string) => {
  const [fixed = '', ...templates] = url.split('{{')
  if (/^https?:/i.test(fixed)) return templates.length > 0 || URL.canParse(url)
  return templates.length > 0 && 'https'.startsWith(fixed.toLowerCase())
}

/** Returns the schemas of the keys that the `request:` blocks of HTTP and SSE steps have in common. */
export const httpStepFields = () => ({
  method: method().optional().describe('Method; POST when there is a body, else GET'),
  path: z
    .string()
    .refine(noAddress, 'a whole address belongs into url, in place of path')
    .optional()
    .describe('Path, and query after a ?: with a leading / it replaces the path of the target, else it is added below it'),
  url: z
    .string()
    .refine(maybeHttp, 'expected a whole address of HTTP, such as https://host/path; a path alone belongs into path')
    .optional()
    .describe('Whole address, in place of path; on another origin than the target its headers and query are left out'),
  query: repeatable()
    .optional()
    .describe('Query parameters, beside those of the target; a list of values sends the name once for each'),
  headers: z.record(z.string(), scalar()).optional().describe('Headers, beside those of the target'),
  json: z.unknown().optional().describe('Body: any value, sent as JSON'),
  body: z.string().optional().describe('Body: text, sent as it is'),
  form: repeatable()
    .optional()
    .describe('Body: fields, sent as a URL-encoded form; a list of values sends the name once for each'),
  multipart: multipartSchema.optional(),
})

type StepPlaces = { readonly path?: unknown; readonly url?: unknown }
type StepBodies = { readonly json?: unknown; readonly body?: unknown; readonly form?: unknown; readonly multipart?: unknown }

/** A rule for the schema of `request:` blocks: they have at most one of `path` and `url`. */
export const pathOrUrl = {
  check: (step: StepPlaces) => step.path === undefined || step.url === undefined,
  message: 'give path or url, not both',
}
/** A rule for the schema of `request:` blocks: they have at most one body. */
export const oneBody = {
  check: (step: StepBodies) => [step.json, step.body, step.form, step.multipart].filter((body) => body !== undefined).length <= 1,
  message: 'give at most one of json, body, form and multipart',
}

/** The schema of the `request:` block of a step that sends an HTTP request. */
export const httpStep = lateObject(httpStepFields)
  .refine(pathOrUrl.check, pathOrUrl.message)
  .refine(oneBody.check, oneBody.message)
  .describe('One HTTP request')

/** The `request:` block of a step that sends an HTTP request, after validation. */
export type HttpStep = z.infer<typeof httpStep>

type FormScalar = string | number | boolean
/** Texts, numbers and booleans by name, such as the fields of a form. */
export type Scalars = Readonly<Record<string, FormScalar>>
/** The fields of a form or query by name. A field whose value is a list is sent once for each item. */
export type HttpRequestFields = Readonly<Record<string, FormScalar | readonly FormScalar[]>>
