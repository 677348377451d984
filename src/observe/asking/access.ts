/** The settings of a scenario for requests that burn makes beside the load, such as health checks. */
import * as z from 'zod'
import { lateObject } from '../../fields.ts'

/**
 * True for an http or https address without user name and password. Metrics endpoints and health checks must have such an address, because reports
 * show it.
 */
export function isPlainAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

const isProxy = (text: string) => /^http:\/\/[^/?#]+\/?$/i.test(text) && URL.canParse(text)

/**
 * Returns the schemas of the fields `headers`, `tls` and `proxy` in a scenario. They apply to the requests that burn sends on its own account beside
 * the load: to metrics endpoints, node-exporters and health checks.
 */
export function accessFields() {
  return {
    headers: z
      .record(
        z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, 'expected the name of a header'),
        z
          .string()
          .max(8192)
          .regex(/^[^\r\n\0]*$/, 'a header has one line'),
      )
      .optional()
      .describe('Headers to send, such as authorization: "Bearer ${env.TOKEN}"'),
    tls: lateObject(() => ({
      ca: z.string().optional().describe('PEM file with the certificates to trust, in place of the system ones'),
      cert: z.string().optional().describe('PEM file with the client certificate, and its key unless `key` is given'),
      key: z.string().optional().describe('PEM file with the key of the client certificate'),
      servername: z.string().optional().describe('Name to ask for and to check, in place of the host of the address'),
      insecure: z.boolean().optional().describe('Accept any certificate; noted in the result'),
    }))
      .optional()
      .describe('TLS of an https address'),
    proxy: z
      .string()
      .refine(isProxy, 'expected an HTTP proxy such as http://proxy:3128')
      .optional()
      .describe('HTTP proxy on the way. Left out: the one that the environment names (https_proxy, no_proxy), as for targets'),
  }
}

/**
 * The headers, TLS files and proxy, as written in a scenario, with which burn sends its own requests beside the load: to metrics endpoints,
 * node-exporters and health checks.
 */
export interface WrittenAccess {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly tls?:
    | {
        readonly ca?: string | undefined
        readonly cert?: string | undefined
        readonly key?: string | undefined
        readonly servername?: string | undefined
        readonly insecure?: boolean | undefined
      }
    | undefined
  readonly proxy?: string | undefined
}
