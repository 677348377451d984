/** Auth schemes whose credentials are written in the scenario or in environment variables. */
import * as z from 'zod'
import { lateObject, templated } from '../fields.ts'
import type { Credentials } from './scheme.ts'

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

/** The auth scheme `headers`: headers of the user's choice, all of them secret. */
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
