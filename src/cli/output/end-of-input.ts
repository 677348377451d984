import { emitKeypressEvents } from 'node:readline'
import type { Readable } from 'node:stream'

/**
 * Returns a signal that aborts at Ctrl-D and when the input ends. Pass it to questions of the library @clack/prompts, which would otherwise wait
 * forever.
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
