/** The registry of outputs for metrics. To add a kind, write a file in `kinds/` and add a line here. */
import type * as z from 'zod'
import { influx } from './kinds/influx.ts'
import { otlp } from './kinds/otlp.ts'
import { prometheus } from './kinds/prometheus.ts'
import { datadog, statsd } from './kinds/statsd.ts'
import type { ExportEntry } from './send/output.ts'

/**
 * The schemas of the items of `export` in a scenario, by the format of the item, such as `otlp`. The name of the format is also the first key of the
 * item.
 */
export const exportForms: Readonly<Record<string, z.ZodType<ExportEntry>>> = { otlp, statsd, datadog, influx, prometheus }
