/** Status codes of HTTP in words. */

/**
 * The code with its usual phrase, such as `404 Not Found`; the code alone where there is none. Node's list is asked for only here: loading
 * `node:http` takes longer than most commands.
 */
export function statusText(status: number): string {
  return `${status} ${process.getBuiltinModule('node:http').STATUS_CODES[status] ?? ''}`.trimEnd()
}
