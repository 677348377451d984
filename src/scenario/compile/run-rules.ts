import type { ExportEntry } from '../../export/send/output.ts'
import type { AlertRule, Threshold } from '../../metrics/threshold/threshold.ts'
import type { Webhook } from '../../notify/schema.ts'
import type { HealthCheck } from '../../observe/health/schema.ts'
import type { MonitorEntry } from '../../observe/machine/schema.ts'
import type { ObserveEntry } from '../../observe/schema.ts'
import type { Share } from '../../statistics/parts/share.ts'
import type { StopRule } from '../schema/blocks/stop-when.ts'

/**
 * The parts of a plan that concern the run as a whole, such as thresholds, alerts, `stopWhen`, webhooks, watched servers and machines, exports and
 * the budget.
 */
export interface RunRules {
  /** Which share of the run this plan is for, when several processes make the run; left out when one process makes the whole. */
  readonly share?: Share | undefined
  readonly thresholds: readonly Threshold[]
  readonly alerts: readonly AlertRule[]
  /** The rules of `stopWhen`, which can end the load early. */
  readonly stopWhen: readonly StopRule[]
  /** Addresses to which notifications about the run are posted. */
  readonly webhooks: readonly Webhook[]
  /** Servers whose own metrics are read. */
  readonly observe: readonly ObserveEntry[]
  /** Where the metrics of the run are sent while it goes on. */
  readonly export: readonly ExportEntry[]
  /** Machines whose CPU, memory, disk and network are watched during the run. */
  readonly monitor: readonly MonitorEntry[]
  /** Addresses that are asked during the run whether the target is well. */
  readonly health: readonly HealthCheck[]
  /** True when the load only starts if all health checks succeed. */
  readonly requireHealthy: boolean
  /** Upper ends of the bands into which response times are counted, in ms; undefined for the default ones. */
  readonly bands: { readonly fast: number; readonly normal: number; readonly slow: number } | undefined
  /** Limits on what the whole run may use; empty without a budget. `time` is in ms. The limit on `cost` is enforced by a threshold. */
  readonly budget: {
    readonly tokens?: number | undefined
    readonly requests?: number | undefined
    readonly time?: number | undefined
    readonly cost?: number | undefined
  }
}
