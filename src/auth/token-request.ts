import * as z from 'zod'
import { lateObject, templated } from '../fields.ts'
import { isSecretName, wordsOf } from '../text/secrets.ts'
import type { TokenRequest } from './fetch.ts'
import { leaves } from './scheme.ts'

const scalar = () => z.union([z.string(), z.number(), z.boolean()])

/** The schema of the `request:` block of the auth schemes `handshake` and `cookie`: the HTTP request that logs in. */
export const tokenRequestSchema = lateObject(() => ({
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'expected an HTTP method in capitals, such as POST')
    .optional()
    .describe('Method; POST when there is a body, else GET'),
  url: templated().describe('Whole address'),
  headers: z.record(z.string(), scalar()).optional().describe('Headers'),
  json: z.json().optional().describe('Body: any value, sent as JSON'),
  form: z.record(z.string(), scalar()).optional().describe('Body: fields, sent as a URL-encoded form'),
  body: z.string().optional().describe('Body: text, sent as it is'),
}))
  .refine(
    (request) => [request.json, request.form, request.body].filter((body) => body !== undefined).length <= 1,
    'give at most one of json, form and body',
  )
  .describe('The request that logs in; it is not measured')

type TokenRequestBlock = z.infer<typeof tokenRequestSchema>

/** Converts the `request:` block of an auth scheme, with its templates rendered, to the HTTP request that logs in. */
export function tokenRequest(block: TokenRequestBlock): TokenRequest {
  const [type, body] = contentOf(block)
  const own = Object.entries(block.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return {
    method: block.method ?? (body === undefined ? 'GET' : 'POST'),
    url: String(block.url),
    headers: {
      accept: 'application/json, */*;q=0.1',
      ...(type !== undefined && { 'content-type': type }),
      ...Object.fromEntries(own),
    },
    body,
  }
}

function contentOf({ json, form, body }: TokenRequestBlock): readonly [type?: string, body?: string] {
  if (json !== undefined) return ['application/json', JSON.stringify(json)]
  if (form !== undefined) return ['application/x-www-form-urlencoded', formBody(form)]
  return body === undefined ? [] : ['text/plain;charset=UTF-8', String(body)]
}

/** Matches words in a field name that mean a secret in a login request, in addition to those that mean one everywhere. */
const LOGIN_WORD = /^(?:code|otp|pass|passcode|pin|pwd)$/

/**
 * Returns the values in a login's `request:` block that must never be printed: those of fields with names such as `password`, and the body
 * if it is plain text.
 */
export function requestSecrets({ headers, json, form, body }: TokenRequestBlock): string[] {
  const own = Object.entries(headers ?? {}).filter(([name]) => isSecretName(name))
  return [...leaves(Object.fromEntries(own)), ...namedSecrets(json), ...namedSecrets(form), ...leaves(body)]
}

function namedSecrets(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const isSecret = (name: string) => isSecretName(name) || wordsOf(name).some((word) => LOGIN_WORD.test(word))
  return Object.entries(value).flatMap(([name, item]) => (isSecret(name) ? leaves(item) : namedSecrets(item)))
}

/** Encodes the fields of a form as `application/x-www-form-urlencoded` text. */
export function formBody(fields: Readonly<Record<string, unknown>>): string {
  return new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)])).toString()
}
