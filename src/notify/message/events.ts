/** The events about which a webhook can be notified. */

/** The events of a run about which webhooks can be notified: first those that may happen during the run, then those at its end. */
export const WEBHOOK_EVENTS = [
  { name: 'alert.began', describe: 'The condition of an alert holds' },
  { name: 'alert.ended', describe: 'The condition of an alert holds no longer' },
  { name: 'threshold.breached', describe: 'A threshold does not hold: as soon as that is seen, or at the end' },
  { name: 'baseline.regressed', describe: 'The run is worse than its baseline' },
  { name: 'run.completed', describe: 'The run went to its end, and passed' },
  { name: 'run.failed', describe: 'The run failed, could not test, or measured nothing valid' },
  { name: 'run.cancelled', describe: 'A signal or `burn runs cancel` ended the run' },
] as const

/** The name of an event about which a webhook is notified, such as `run.failed`. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]['name'] | typeof TEST_EVENT

/** The name of the event in the test message that `burn webhook test` sends. */
export const TEST_EVENT = 'webhook.test'

/** The events about which a webhook is notified when the scenario does not list its `events`. */
export const USUAL_EVENTS = [
  'run.completed',
  'run.failed',
  'run.cancelled',
  'baseline.regressed',
] as const satisfies WebhookEvent[]

/** Older names of webhook events, which earlier tools used and scenarios may still use, each with the name that burn uses. */
export const EVENT_ALIASES: Readonly<Record<string, WebhookEvent>> = {
  'session.completed': 'run.completed',
  'session.failed': 'run.failed',
  'session.cancelled': 'run.cancelled',
  'metric.threshold': 'threshold.breached',
}
