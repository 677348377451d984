/** Recognises errors about the local address and port of a connection. */

/** True when a socket could not be bound to its local address, because this machine does not have that address. */
export function isForeignAddress(error: unknown): boolean {
  return hasCode(error, 'EADDRNOTAVAIL') && error.syscall === 'bind'
}

/** True when the local port of a connection is in use: by another process, or by a connection that was closed a moment ago. */
export function isPortInUse(error: unknown): boolean {
  return hasCode(error, 'EADDRINUSE') || (hasCode(error, 'EADDRNOTAVAIL') && error.syscall !== 'bind')
}

function hasCode(error: unknown, code: string): error is Error & { readonly syscall?: unknown } {
  return error instanceof Error && 'code' in error && error.code === code
}
