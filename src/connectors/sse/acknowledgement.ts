import type { Exchange, Headers, ReplyReader } from '../../exchange.ts'

/**
 * Reads the HTTP reply to a message whose actual answer comes on the user's open event stream (mode subscribe). A 2xx status only confirms that the
 * server got the message; any other status fails the message's exchange, `main`.
 */
export class Acknowledgement implements ReplyReader {
  private readonly main: Exchange
  private refused = false

  constructor(main: Exchange) {
    this.main = main
  }

  head(status: number, headers: Headers, post: Exchange): void {
    if (status >= 200 && status <= 299) return
    this.refused = true
    if (!Number.isNaN(this.main.firstByteAt))
      post.fail('http_status', 'headers', `the request was answered with status ${status}`)
    else this.main.head(status, headers)
  }

  push(bytes: Uint8Array, post: Exchange): void {
    if (this.refused) this.main.data(bytes, post.lastActivityAt)
  }

  end(post: Exchange): void {
    if (this.refused) this.main.done()
    post.finish()
  }
}
