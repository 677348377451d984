/**
 * Whether a call ended in the middle of a message. The library drops such a rest without a word when the status is OK, and a stream
 * that lost its last message would count as complete; only its own decoder knows.
 */
export function endedInsideMessage(stream: unknown): boolean {
  const attempts = member(member(stream, 'child'), 'underlyingCalls')
  if (!Array.isArray(attempts)) return false
  return attempts.some((attempt) => {
    const state = member(member(member(member(attempt, 'call'), 'child'), 'decoder'), 'readState')
    return typeof state === 'number' && state !== BETWEEN_MESSAGES
  })
}

/** `ReadState.NO_DATA` of the library's StreamDecoder. */
const BETWEEN_MESSAGES = 0

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
