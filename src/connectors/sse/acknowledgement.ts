/** Reads what a message's own request is answered with. */
import type { Exchange, Headers, ReplyReader } from '../../exchange.ts'

/** The answer to the request itself says only that it was taken, for the reply comes on the stream; unless it was refused. */
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
