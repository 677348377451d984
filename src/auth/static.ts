/** Auth schemes whose credentials are written in the scenario or in environment variables. */
import * as z from 'zod'
import { wallNow } from '../clock.ts'
import { lateObject, templated } from '../fields.ts'
import type { Credentials } from './scheme.ts'
import { signerV4 } from './signing/sigv4.ts'

const only = (headers: Record<string, string>): Credentials => ({ headers, query: {} })

/** The auth scheme `none`: no credentials. */
export const noAuth = {
  type: 'none',
  fields: lateObject(() => ({ type: z.literal('none').describe('Send no credentials') })),
  secretFields: [],
  credentials: () => only({}),
} as const

/** The auth scheme `bearer`: a fixed token in the header `authorization`. */
export const bearer = {
  type: 'bearer',
  fields: lateObject(() => ({
    type: z.literal('bearer').describe('`Authorization: Bearer …`'),
    token: templated().describe('The token'),
  })),
  secretFields: ['token'],
  credentials: (fields: { token: string }) => only({ authorization: `Bearer ${fields.token}` }),
} as const

/** The auth scheme `apiKey`: a key in a header or a query parameter. */
export const apiKey = {
  type: 'apiKey',
  fields: lateObject(() => ({
    type: z.literal('apiKey').describe('A key in a header or in the query'),
    name: z.string().min(1).default('x-api-key').describe('Name of the header or query parameter'),
    in: z.enum(['header', 'query']).default('header').describe('Where the key goes'),
    value: templated().describe('The key'),
  })),
  secretFields: ['value'],
  credentials: (fields: { name: string; in: string; value: string }): Credentials =>
    fields.in === 'query'
      ? { headers: {}, query: { [fields.name]: String(fields.value) } }
      : only({ [fields.name.toLowerCase()]: String(fields.value) }),
} as const

/** The auth scheme `basic`: user name and password (RFC 7617). */
export const basic = {
  type: 'basic',
  fields: lateObject(() => ({
    type: z.literal('basic').describe('`Authorization: Basic …`'),
    username: templated().describe('User name'),
    password: templated().describe('Password'),
  })),
  secretFields: ['password'],
  credentials: (fields: { username: string; password: string }) =>
    only({ authorization: `Basic ${Buffer.from(`${fields.username}:${fields.password}`).toString('base64')}` }),
} as const

/** The auth scheme `headers`: the scenario lists headers to send, and all their values are secret. */
export const customHeaders = {
  type: 'headers',
  fields: lateObject(() => ({
    type: z.literal('headers').describe('Headers of your own, all of them secret'),
    headers: z.record(z.string(), templated()).describe('Header names and values'),
  })),
  secretFields: ['headers'],
  credentials: (fields: { headers: Record<string, string> }) =>
    only(Object.fromEntries(Object.entries(fields.headers).map(([name, value]) => [name.toLowerCase(), String(value)]))),
} as const

/** The fields of the auth scheme `aws-sigv4`, after validation. */
interface SigV4Fields {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly region: string
  readonly service: string
}

/** The auth scheme `aws-sigv4`: each request is signed with the keys of an AWS identity. */
export const awsSigV4 = {
  type: 'aws-sigv4',
  fields: lateObject(() => ({
    type: z.literal('aws-sigv4').describe('Each request is signed by AWS Signature Version 4, over http and sse'),
    accessKeyId: templated().describe('Access key, such as ${env.AWS_ACCESS_KEY_ID}'),
    secretAccessKey: templated().describe('Secret key, such as ${env.AWS_SECRET_ACCESS_KEY}'),
    sessionToken: templated()
      .optional()
      .describe('Session token of temporary keys, such as ${env.AWS_SESSION_TOKEN:-}; empty for none'),
    region: templated().describe('Region of the service, such as us-east-1'),
    service: templated().default('bedrock').describe('Name of the service in signatures'),
  })),
  secretFields: ['secretAccessKey', 'sessionToken'],
  credentials: (fields: SigV4Fields): Credentials => {
    const sign = signerV4(fields)
    return { headers: {}, query: {}, sign: (request) => sign(request, wallNow()) }
  },
} as const
