import { emitKeypressEvents } from 'node:readline'
import type { Readable } from 'node:stream'

/**
 * Returns a signal that is aborted when no answer can come any more: at Ctrl-D, and when the input ends. A question of @clack/prompts gets it, because by
 * itself it waits for ever then, with the keys going nowhere.
 */
export function endOfInput(input: Readable = process.stdin): AbortSignal {
  const over = new AbortController()
  const abort = () => over.abort()
  emitKeypressEvents(input)
  input.on('keypress', (_text, key: { readonly name?: string; readonly ctrl?: boolean } | undefined) => {
    if (key?.ctrl && key.name === 'd') abort()
  })
  input.once('end', abort)
  return over.signal
}
