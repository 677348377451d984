/** One message of an audit and its reply. */
import type { Failure, Usage } from '../../exchange.ts'

/** The kind of a prompt of `burn audit`: a `distinct` prompt begins with a text of its own, all `repeated` prompts begin with one common text. */
export type PromptKind = 'distinct' | 'repeated'

/** The reply to one message of `burn audit`: its text, token usage and times. Times are in ms; a time that the reply lacks is undefined. */
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
