/** One message of an audit and its reply. */
import type { Failure, Usage } from '../../exchange.ts'

/** The kind of a prompt of `burn audit`: `distinct` has a new beginning, `repeated` the same one as all other repeated prompts. */
export type PromptKind = 'distinct' | 'repeated'

/** The reply to one message of `burn audit`. Times are in ms, and undefined when the reply does not have them. */
export interface AuditReply {
  readonly kind: PromptKind
  readonly failure: Failure | undefined
  readonly text: string
  /** The number of generated characters without reasoning: text and arguments of tools. */
  readonly characters: number
  readonly usage: Usage | undefined
  /** The number of generated pieces (`frames`), and how many of them arrived at the same moment as the piece before (`together`). */
  readonly frames: number
  readonly together: number
  readonly ttft: number | undefined
  readonly serviceTime: number | undefined
  /** Mean time between two pieces in ms; 0 when all arrived at once. */
  readonly pieceTime: number | undefined
}
