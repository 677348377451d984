/** Reads `--allow`, the list of hosts to which a large load may be sent. */
import { UsageError } from '../../../errors.ts'

const HOST = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$|^[0-9a-f:.]+$/i

/**
 * Returns a function that says whether the user has allowed large loads to a given host. `allow` lists the allowed hosts; `*.example.com` allows
 * every host below example.com, but not example.com itself.
 * @throws UsageError for an item that is no host
 */
export function allowsHost(allow: readonly string[]): (host: string) => boolean {
  const entries = allow.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '')
  for (const entry of entries)
    if (!HOST.test(entry))
      throw new UsageError(
        `--allow ${entry}: expected a host without scheme, port or path`,
        'such as api.example.com or *.staging.example.com',
      )
  return (host) => {
    const name = host.toLowerCase().replace(/\.$/, '')
    return entries.some((entry) => (entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry))
  }
}
