/** The registry of outputs for metrics. To add a kind, write a file in `kinds/` and add a line here. */
import type * as z from 'zod'
import { influx } from './kinds/influx.ts'
import { otlp } from './kinds/otlp.ts'
import { prometheus } from './kinds/prometheus.ts'
import { datadog, statsd } from './kinds/statsd.ts'
import type { ExportEntry } from './send/output.ts'

/** The schemas of the `export` items in a scenario, by the first key of an item: this key (such as `otlp`) names the format. */
export const exportForms: Readonly<Record<string, z.ZodType<ExportEntry>>> = { otlp, statsd, datadog, influx, prometheus }
