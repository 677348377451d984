/** Makes all checks of the replies of one target. */
import type { StepMetrics } from '../../result/schema.ts'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'
import { promptCache, replyCache } from './cache.ts'
import { pairsOf } from './faster.ts'
import type { AuditFinding } from './finding.ts'
import type { AuditReply } from './reply.ts'
import { streamed, usageFits } from './stream.ts'
import { determinism, sameLength, wholeText } from './texts.ts'

/** The replies of one target, and what is needed to check them. */
interface Audited {
  readonly target: PlannedTarget
  /** Name of the step whose message was sent. */
  readonly step: string
  readonly replies: readonly AuditReply[]
  /** The replies to requests for a reply without a stream; undefined when the target does not stream. */
  readonly whole: readonly AuditReply[] | undefined
  readonly allowCache: boolean
  readonly reference: readonly StepMetrics[] | undefined
}

/** Makes those checks of `burn audit` that apply to a target, and returns their findings in the order in which they are printed. */
export function findingsOf({ target, step, replies, whole, allowCache, reference }: Audited): AuditFinding[] {
  const ok = replies.filter(({ failure }) => failure === undefined)
  const pairs = pairsOf(replies)
  const texts = ok.flatMap(({ kind, text }) => (kind === 'repeated' ? [text] : []))
  const hasText = target.dialect.isTextless !== true
  return [
    promptCache(pairs, allowCache),
    ...(whole ? [replyCache(pairs), streamed(ok)] : []),
    ...(hasText ? [usageFits(ok)] : []),
    ...(whole ? [wholeText(texts, whole[0])] : []),
    ...(hasText ? [determinism(texts, target.chat.temperature)] : []),
    ...(reference ? [sameLength(ok, step, reference)] : []),
  ]
}
