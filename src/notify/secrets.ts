/** What is secret of a webhook. */
import type { Webhook } from './schema.ts'

/** Services whose addresses are secrets: whoever knows one can post. */
const CHAT_SERVICE =
  /(?:^|\.)(?:hooks\.slack\.com|discord(?:app)?\.com|webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/i

/** Returns the texts of a webhook that must never be written out. */
export function webhookSecrets({ url, secret }: Webhook): string[] {
  const { hostname, pathname, search } = new URL(url)
  const address = CHAT_SERVICE.test(hostname) ? [url, `${pathname}${search}`] : []
  return [...(secret === undefined ? [] : [secret]), ...address]
}
