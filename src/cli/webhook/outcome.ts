/** Prints the outcome of deliveries for `burn webhook`. */
import { EXIT, type ExitCode } from '../../errors.ts'
import { terminalSafe } from '../../text/escape.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import type { Delivered } from './outbox.ts'

/** Prints on stdout one line for each notification to a webhook: whether the webhook accepted it, or why not. */
export function printDeliveries(delivered: readonly Delivered[]): void {
  for (const { id, event, index, webhook, attempts, status, error } of delivered) {
    const place = `webhooks.${index} (${new URL(webhook.url).origin})`
    const tries = attempts === 1 ? '1 try' : `${attempts} tries`
    const what = error === null ? `took ${event}: status ${status}` : `did not take ${event}: ${error}`
    process.stdout.write(`${terminalSafe(knownSecrets.redact(`${place} ${what}, ${tries}, ${id}`))}\n`)
  }
}

/** Returns the exit code after notifications were sent to webhooks: 1 when a webhook did not accept one of them, undefined when all were accepted. */
export function exitOf(delivered: readonly Delivered[]): ExitCode | undefined {
  return delivered.some(({ error }) => error !== null) ? EXIT.verdictFailed : undefined
}
