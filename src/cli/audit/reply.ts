/** One message of an audit and its reply. */
import type { Failure, Usage } from '../../exchange.ts'

/** Whether a prompt has a beginning of its own, or that of all repeated prompts. */
export type PromptKind = 'distinct' | 'repeated'

/** The reply to one message of an audit; times in ms, undefined for what it has not. */
export interface AuditReply {
  readonly kind: PromptKind
  readonly failure: Failure | undefined
  readonly text: string
  /** Characters of what was generated, reasoning left out: text and arguments of tools. */
  readonly characters: number
  readonly usage: Usage | undefined
  /** Pieces that were generated, and how many of them came together with the one before. */
  readonly frames: number
  readonly together: number
  readonly ttft: number | undefined
  readonly serviceTime: number | undefined
  /** Mean time between two pieces; 0 when all came in one delivery. */
  readonly pieceTime: number | undefined
}
