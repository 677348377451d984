/** Posts metrics over HTTP, and tries again with growing waits while the receiver is busy or unreachable. */
import { Agent, EnvHttpProxyAgent, request } from 'undici'
import { waitFor, wallNow } from '../../clock.ts'
import { VERSION } from '../../version.ts'

/** One HTTP request that posts metrics. */
interface Posted {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** How long one try may take, in ms. */
  readonly timeoutMs: number
}

/** The outcome of a post. `text` is the beginning of the reply, untrusted. */
interface PostOutcome {
  readonly error: string | null
  readonly text: string
}

const ATTEMPTS = 5
const FIRST_WAIT_MS = 1000
/** The longest wait in ms that a receiver's Retry-After may ask for. */
const MAX_WAIT_MS = 60_000
const MAX_ERROR = 200
const MAX_ANSWER_BYTES = 64 * 1024
/** The statuses after which burn tries again; any other failure is final. @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE = new Set([429, 502, 503, 504])

/** An HTTP client that posts metrics to one receiver, and tries again while the receiver is busy or unreachable. */
export class Poster {
  private readonly dispatcher: Agent | EnvHttpProxyAgent =
    process.env.http_proxy || process.env.https_proxy || process.env.HTTP_PROXY || process.env.HTTPS_PROXY
      ? new EnvHttpProxyAgent()
      : new Agent({ connections: 1 })

  /** Posts until the receiver accepts (2xx) or rejects the metrics, five tries have failed, or `signal` aborts. Never rejects. */
  async post(posted: Posted, signal: AbortSignal): Promise<PostOutcome> {
    let last: PostOutcome = { error: 'given up: there was no time left', text: '' }
    for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt += 1) {
      const { status, retryAfterMs, ...answer } = await this.once(posted, signal)
      if (answer.error === null || (status !== null && !RETRYABLE.has(status))) return answer
      last = signal.aborted && status === null ? last : answer
      if (attempt < ATTEMPTS) await waitFor(retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1), signal)
    }
    return last
  }

  private async once({ url, headers, body, timeoutMs }: Posted, signal: AbortSignal) {
    try {
      const reply = await request(url, {
        method: 'POST',
        dispatcher: this.dispatcher,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        body,
        headers: { 'user-agent': `burn/${VERSION}`, ...headers },
      })
      const { statusCode: status } = reply
      const text = await beginningOf(reply.body)
      const said = text.replace(/\s+/g, ' ').slice(0, MAX_ERROR)
      const error = status >= 200 && status < 300 ? null : `status ${status}${said === '' ? '' : `: ${said}`}`
      return { status, error, text, retryAfterMs: retryAfterOf(reply.headers['retry-after']) }
    } catch (error) {
      const isTimeout = error instanceof Error && error.name === 'TimeoutError'
      const words = isTimeout ? 'no answer in time' : error instanceof Error ? error.message : String(error)
      return { status: null, error: words.slice(0, MAX_ERROR), text: '', retryAfterMs: undefined }
    }
  }

  close(): void {
    // Requests under way were given up before.
    this.dispatcher.destroy().catch(() => {})
  }
}

/** Returns the first 64 KB of a reply's body as text. A longer body ends the connection. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) break
    }
  } catch {
    // The status alone decides.
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES)).trim()
}

/** Returns the wait in ms that a Retry-After header asks for, in seconds or as a date; undefined when there is none. */
function retryAfterOf(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - wallNow()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_WAIT_MS)
}
