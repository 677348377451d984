/** Finds the parts of a webhook's settings that must be kept secret. */
import type { Webhook } from './schema.ts'

/** Host names of services whose webhook addresses are secrets, because everybody who knows one can post there. */
const CHAT_SERVICE =
  /(?:^|\.)(?:hooks\.slack\.com|discord(?:app)?\.com|webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/i

/** Finds a part of a URL's path that looks like a key rather than a name: at least eight characters, with letters and digits mixed. */
const KEY = /\/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,}/

/**
 * Returns the texts of a webhook that must never be printed or stored. They are its secret and, if the host is a chat service such as Slack or the
 * path seems to contain a key, the address and its path, because whoever knows these can post to it.
 */
export function webhookSecrets({ url, secret }: Webhook): string[] {
  const { hostname, pathname, search } = new URL(url)
  const isSecret = CHAT_SERVICE.test(hostname) || KEY.test(pathname)
  return [...(secret === undefined ? [] : [secret]), ...(isSecret ? [url, `${pathname}${search}`, pathname] : [])]
}
