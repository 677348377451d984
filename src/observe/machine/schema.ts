/** The `monitor` block of a scenario: the machines that are watched while the load runs. */
import * as z from 'zod'
import { duration, lateObject } from '../../fields.ts'
import { accessFields, isPlainAddress } from '../asking/access.ts'

const from = z
  .string('expected true, the address of a node-exporter such as http://db-1:9100/metrics, or { every, processes, from }')
  .max(2000)
  .refine(isPlainAddress, 'expected an address that begins with http:// or https://, without user and password')
  .transform((url) => (new URL(url).pathname === '/' ? new URL('/metrics', url).href : url))
  .describe('Address of the node-exporter of another machine. Left out: the machine that burn runs on')

const long = lateObject(() => ({
  from: from.optional(),
  every: duration()
    .refine((ms) => ms >= 200 && ms <= 60_000, 'expected 200ms to 60s')
    .default(1000)
    .describe('How often the metrics of the machine are read. Default 1s'),
  processes: z
    .array(z.union([z.string().min(1).max(200), z.int().min(1)]).transform(String))
    .max(20)
    .default([])
    .describe('Names or pids of processes to watch on the machine that burn runs on, such as node'),
  ...accessFields(),
})).refine(({ from: url, processes }) => url === undefined || processes.length === 0, {
  path: ['processes'],
  message: 'a node-exporter does not tell of processes: only those of the machine of burn can be watched',
})

const entry = z.union([z.literal(true).transform(() => long.parse({})), from.transform((url) => long.parse({ from: url })), long])

/** The schema of `monitor` in a scenario: the machines whose CPU, memory, disk and network are watched. */
export const monitorSchema = z
  .union([z.literal(false).transform(() => []), entry.transform((one) => [one]), z.array(entry).max(20)])
  .describe(
    'Machines whose CPU, load, memory, swap, disk, network and processes are watched beside the load: true for that of burn (Linux), the address of a node-exporter, { every, processes, from, headers }, or a list of these',
  )

/** One item of `monitor:` in a scenario, after validation: a machine whose CPU, memory, disk and network are read; `every` in ms. */
export type MonitorEntry = z.output<typeof long>
