import { after } from '../../../clock.ts'
import type { Exchange } from '../../../exchange.ts'
import type { AttemptFault, FaultClient } from './attempt-fault.ts'

/** Ends the connection under a request that was sent; at the latest when the attempt has its outcome. */
export class Drop implements AttemptFault {
  readonly kind: string
  readonly onSent = (): void => this.sent()
  private readonly client: FaultClient
  private readonly how: 'reset' | 'close'
  private readonly afterMs: number
  private attempt: Exchange | undefined
  private stopTimer: (() => void) | undefined

  constructor(
    kind: string,
    client: FaultClient,
    { how, afterMs }: { readonly how: 'reset' | 'close'; readonly afterMs: number },
  ) {
    this.kind = kind
    this.client = client
    this.how = how
    this.afterMs = afterMs
  }

  carry(request: unknown, attempt: Exchange): Promise<void> | undefined {
    this.attempt = attempt
    return this.client.send(request, attempt)
  }

  /** The request is written after it was said to be sent, so that nothing is done before the next turn. */
  private sent(): void {
    this.stopTimer = after(this.afterMs, () => this.sever())
  }

  private sever(): void {
    this.stopTimer = undefined
    if (this.attempt) this.client.sever(this.attempt, this.how)
  }

  end(): undefined {
    if (this.stopTimer === undefined) return
    this.stopTimer()
    this.sever()
  }
}
