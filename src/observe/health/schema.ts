/** The `health` block of a scenario: addresses that are requested beside the load to see whether the target is well. */
import * as z from 'zod'
import { duration, lateObject, positiveDuration } from '../../fields.ts'
import { accessFields, isPlainAddress } from '../asking/access.ts'

const status = z.int().min(100).max(599)
const statuses = z.union([status.transform((one) => [one]), z.array(status).min(1).max(20)])

const expectation = z
  .union(
    [
      statuses.transform((list) => ({ status: list, contains: undefined })),
      z
        .string()
        .min(1)
        .max(1000)
        .transform((contains) => ({ status: undefined, contains })),
      z.strictObject({
        status: statuses.optional().describe('A status, or a list of them. Default: any from 200 to 299'),
        contains: z.string().min(1).max(1000).optional().describe('A text that the first 64 KiB of the body must hold'),
      }),
    ],
    'expected a status such as 200, a list of them, a text that the body must hold, or { status, contains }',
  )
  .describe('What an answer must be: a status, a list of them, a text of its body, or { status, contains }. Default: 200 to 299')

const url = z
  .string('expected an address such as http://api:8080/health, or { url, name, expect, every, timeout }')
  .max(2000)
  .refine(isPlainAddress, 'expected an address that begins with http:// or https://, without user and password')
  .describe('Address that says whether the target is well; redirects are not followed')

const long = lateObject(() => ({
  url,
  name: z
    .string()
    .regex(/^[\w.-]{1,60}$/, 'expected up to 60 letters, digits, dots, - and _')
    .optional()
    .describe('Name of the check, for thresholds such as health.availability{name=api}. Default: host and path'),
  expect: expectation.optional(),
  every: duration()
    .refine((ms) => ms >= 200 && ms <= 3_600_000, 'expected 200ms to 1h')
    .default(1000)
    .describe('How often the address is requested during the load. Default 1s'),
  timeout: positiveDuration()
    .refine((ms) => ms <= 60_000, 'expected at most 60s')
    .default(5000)
    .describe('How long an answer may take. Default 5s'),
  ...accessFields(),
}))

const entry = z.union([url.transform((text) => long.parse({ url: text })), long])

/** The largest number of health checks in one run. */
const MAX_CHECKS = 20

/** The schema of `health` in a scenario: addresses that burn requests beside the load, to see whether the target is well. */
export const healthChecksSchema = z
  .union([entry.transform((one) => [one]), z.array(entry).max(MAX_CHECKS)])
  .refine((list) => new Set(list.map(nameOfCheck)).size === list.length, 'two checks have the same name: give each its `name`')
  .describe(
    'Addresses that are requested before and during the load, on connections of their own, to see whether the target is well: an address, { url, name, expect, every, timeout }, or a list of these',
  )

/** One health check of a scenario, after validation; times in ms. */
export type HealthCheck = z.output<typeof long>

/** Returns the name of a health check: the name in the scenario or, without one, the host and path of its address. */
export function nameOfCheck({ name, url: address }: Pick<HealthCheck, 'name' | 'url'>): string {
  if (!URL.canParse(address)) return name ?? address
  const { host, pathname } = new URL(address)
  return name ?? `${host}${pathname === '/' ? '' : pathname}`
}
