import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import * as z from 'zod'
import { LocalError } from '../../errors.ts'
import { lateObject } from '../../fields.ts'

/** The schema of the `tls:` block of a target, such as certificates and versions. */
export const tlsSchema = lateObject(() => ({
  ca: z.string().optional().describe('PEM file with the certificates to trust, in place of the system ones'),
  cert: z.string().optional().describe('PEM file with the client certificate'),
  key: z.string().optional().describe('PEM file with the key of the client certificate; left out: it is in the file of `cert`'),
  passphrase: z.string().optional().describe('Passphrase of the key'),
  servername: z.string().optional().describe('Name to ask for and to check, in place of the host of the URL'),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).optional().describe('Oldest TLS version to accept'),
  maxVersion: z.enum(['TLSv1.2', 'TLSv1.3']).optional().describe('Newest TLS version to offer'),
  insecure: z.boolean().optional().describe('Accept any certificate; printed in every report'),
}))
  .refine(({ minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3' }) => minVersion <= maxVersion, {
    path: ['maxVersion'],
    message: 'must not be below `minVersion`',
  })
  .refine(({ cert, key }) => key === undefined || cert !== undefined, {
    path: ['key'],
    message: 'a key is of use only with its certificate: `cert`',
  })
  .describe('TLS of this target')

/** The `tls:` block of a target, after validation. */
export type TlsOptions = z.infer<typeof tlsSchema>

/**
 * Converts a `tls:` block to the options of Node's `tls.connect`, with its files read. Relative paths start at `baseDir`.
 * @throws LocalError when a file cannot be read
 */
export function tlsConnectOptions(tls: TlsOptions, baseDir: string): ConnectionOptions {
  const read = (name: string, path: string | undefined) => {
    if (path === undefined) return {}
    try {
      return { [name]: readFileSync(resolve(baseDir, path)) }
    } catch (error) {
      throw new LocalError(`tls.${name}: cannot read ${path}`, 'give the path of a PEM file, relative to the scenario', {
        cause: error,
      })
    }
  }
  return {
    ...read('ca', tls.ca),
    ...read('cert', tls.cert),
    ...read('key', tls.key ?? tls.cert),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    ...(tls.minVersion === undefined ? {} : { minVersion: tls.minVersion }),
    ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
    rejectUnauthorized: !tls.insecure,
  }
}
