/** The `observe` block of a scenario: the servers whose metrics are read while the load runs. */
import * as z from 'zod'
import { duration, lateObject } from '../fields.ts'
import { accessFields, isPlainAddress } from './asking/access.ts'

/** The largest number of metrics that one endpoint may name. */
const MAX_NAMES = 50

const url = z
  .string('expected auto, an address such as http://gpu-1:8000/metrics, or { url, every, names }')
  .max(2000)
  .refine(
    (text) => text === 'auto' || isPlainAddress(text),
    'expected auto, or an address that begins with http:// or https://, without user and password',
  )
  .describe('Address of metrics in the text format of Prometheus; auto: /metrics of each target')

const long = lateObject(() => ({
  url: url.default('auto'),
  every: duration()
    .refine((ms) => ms >= 200 && ms <= 60_000, 'expected 200ms to 60s')
    .default(1000)
    .describe('How often the metrics are read. Default 1s'),
  names: z
    .array(z.string().regex(/^[A-Za-z_:][\w:]{0,199}$/, 'expected the name of a metric, without labels'))
    .max(MAX_NAMES)
    .default([])
    .describe('Further metrics to report beside the known ones, such as process_resident_memory_bytes'),
  ...accessFields(),
}))

const entry = z.union([url.transform((text) => long.parse({ url: text })), long])

/** The schema of `observe` in a scenario: the metrics endpoints of servers to read beside the load. */
export const observeSchema = z
  .union([entry.transform((one) => [one]), z.array(entry).max(20)])
  .describe(
    'Servers whose own metrics are read while the load lasts (vLLM, SGLang, TensorRT-LLM, TGI, llama.cpp, Triton, Dynamo, LiteLLM, DCGM): auto, an address, { url, every, names }, or a list of these',
  )

/** One item of `observe:` in a scenario, after validation: a metrics endpoint to read; `url` is `auto` or an address, `every` in ms. */
export type ObserveEntry = z.output<typeof long>
