/** What each reply of the fault server comes to over HTTP/1.1. */

/** Replies that are bad: class and phase. Those of the first kind take the connection with them, as a loss. */
const LOST = {
  '/close-before-head': ['closed_early', 'headers'],
  '/reset-before-head': ['reset', 'headers'],
  '/accept-then-close': ['closed_early', 'headers'],
  '/close-in-head': ['closed_early', 'headers'],
  '/reset-in-head': ['reset', 'headers'],
  '/close-in-length': ['closed_early', 'stream'],
  '/close-in-length-closing': ['closed_early', 'stream'],
  '/reset-in-length': ['reset', 'stream'],
  '/reset-in-length-closing': ['reset', 'stream'],
  '/close-in-chunk': ['closed_early', 'stream'],
  '/close-in-chunk-closing': ['closed_early', 'stream'],
  '/close-between-chunks': ['closed_early', 'stream'],
  '/reset-in-chunk': ['reset', 'stream'],
  '/framed-by-reset': ['reset', 'stream'],
} as const
/** We end the connection. */
const LEFT = {
  '/hang': ['timeout_headers', 'headers'],
  '/bad-chunk-size': ['bad_http', 'stream'],
  '/bare-lf': ['bad_http', 'headers'],
  '/bad-status': ['bad_http', 'headers'],
  '/nul-in-header': ['bad_http', 'headers'],
  '/not-http': ['bad_http', 'headers'],
  '/length-and-chunked': ['bad_http', 'headers'],
  '/two-lengths': ['bad_http', 'headers'],
  '/huge-header': ['bad_http', 'headers'],
  '/switching': ['bad_http', 'headers'],
  '/hints': ['bad_http', 'headers'],
  '/huge': ['too_big', 'stream'],
} as const
/** The reply is whole: the connection carries the next request. */
const KEPT = { '/status-999': ['http_status', 'headers'] } as const
/** Good replies: their warning, and whether their connection is kept. */
const GOOD = {
  '/ok': [undefined, true],
  '/echo': [undefined, true],
  '/hint': [undefined, true],
  '/continue': [undefined, true],
  '/no-content': [undefined, true],
  '/framed-by-close': ['unverified_end', false],
  '/extra-bytes': ['extra_bytes', false],
  '/extra-junk': ['extra_bytes', false],
  '/not-modified': [undefined, false],
  '/closing': [undefined, false],
  '/http-1.0': [undefined, false],
} as const

/** Of these: they end the connection without a word. A kept connection was given up by its server then, as the request came. */
const WORDLESS = ['/close-before-head', '/accept-then-close']

/** What each attempt at a path comes to. */
export interface HttpFate {
  readonly path: string
  readonly failure?: readonly [failureClass: string, phase: string]
  /** The failure class on a connection that had carried another request. */
  readonly failureWhenKept?: string | undefined
  readonly warning?: string | undefined
  readonly kept: boolean
  readonly lost: boolean
}

const bad = (table: Readonly<Record<string, readonly [string, string]>>, kept: boolean, lost: boolean): HttpFate[] =>
  Object.entries(table).map(([path, failure]) => ({
    path,
    failure,
    failureWhenKept: WORDLESS.includes(path) ? 'reset' : failure[0],
    kept,
    lost,
  }))

/** A fate for each fault of the server in test/servers/http-faults.ts. */
export const HTTP_FATES: readonly HttpFate[] = [
  ...bad(LOST, false, true),
  ...bad(LEFT, false, false),
  ...bad(KEPT, true, false),
  ...Object.entries(GOOD).map(([path, [warning, kept]]) => ({ path, warning, kept, lost: false })),
]
