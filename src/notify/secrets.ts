/** Finds the secret parts of a webhook. */
import type { Webhook } from './schema.ts'

/** Services whose addresses are secrets: whoever knows one can post. */
const CHAT_SERVICE =
  /(?:^|\.)(?:hooks\.slack\.com|discord(?:app)?\.com|webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/i

/** A part of a path that is a key rather than a name: letters and digits mixed, at least eight of them. */
const KEY = /\/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,}/

/**
 * Returns the texts of a webhook that must never be printed or stored: its secret and, where the address works as a password, the address
 * and its path.
 */
export function webhookSecrets({ url, secret }: Webhook): string[] {
  const { hostname, pathname, search } = new URL(url)
  const isSecret = CHAT_SERVICE.test(hostname) || KEY.test(pathname)
  return [...(secret === undefined ? [] : [secret]), ...(isSecret ? [url, `${pathname}${search}`, pathname] : [])]
}
