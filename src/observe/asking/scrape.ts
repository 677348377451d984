import type { SideClient } from './client.ts'
import { PrometheusReader } from './prometheus.ts'

/** The longest time in ms that one answer may take. */
const TIMEOUT_MS = 500
/** The largest answer in bytes. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Requests a metrics endpoint that answers in the text format of Prometheus. Resolves with a reader that holds the samples whose names `selects`
 * accepts.
 * @throws Error when no complete reply arrives within `timeoutMs`, the status is not 200, or the reply is larger than 4 MiB
 */
export function scrape(
  client: SideClient,
  selects: (name: string) => boolean,
  timeoutMs = TIMEOUT_MS,
): Promise<PrometheusReader> {
  return client.ask(timeoutMs, { accept: 'text/plain; version=0.0.4' }, async ({ status, body }) => {
    if (status !== 200) throw new Error(`status ${status}`)
    const reader = new PrometheusReader(selects)
    const decoder = new TextDecoder()
    let bytes = 0
    for await (const piece of body) {
      bytes += piece.byteLength
      if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES / 1024 / 1024} MiB`)
      reader.push(decoder.decode(piece, { stream: true }))
    }
    reader.end()
    return reader
  })
}
