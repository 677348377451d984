import { nextTurn } from '../../../clock.ts'
import type { Exchange } from '../../../exchange.ts'

/** Length of a reply, in characters (or bytes if it has no text), from which checks may take a notable time. */
const LONG = 1000

/** True for an ok reply whose text is so long that checks such as `similar` may take 0.1 ms or more. */
export function isLong({ outcome, frames, text, bytesReceived }: Exchange): boolean {
  return outcome === 'ok' && (frames > 0 ? text.length : bytesReceived) > LONG
}

/**
 * Spreads expensive checks over turns of the event loop: only one reply is checked per turn, so that many replies that end together do not delay
 * other users. A user sends nothing while its reply waits to be checked.
 */
export class CheckTurns {
  private waiting: (() => void)[] = []
  private readonly onTurn = (): void => {
    this.waiting.shift()?.()
    if (this.waiting.length > 0) nextTurn(this.onTurn)
  }

  /** Resolves in a turn of the event loop in which no other reply is checked. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.waiting.push(resolve) === 1) nextTurn(this.onTurn)
    })
  }
}
