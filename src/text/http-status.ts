/** Returns an HTTP status code with its standard phrase, such as `404 Not Found`; only the code when it has no standard phrase. */
export function statusText(status: number): string {
  // Node's list is loaded only here: loading `node:http` takes longer than most commands.
  return `${status} ${process.getBuiltinModule('node:http').STATUS_CODES[status] ?? ''}`.trimEnd()
}
