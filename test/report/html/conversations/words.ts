/** The section with conversations, and the words in a piece of it. */
import { shownConversations } from '../../../../src/report/html/conversations/conversations.ts'
import type { ReportedConversation } from '../../../../src/report/text/conversations.ts'
import { fine } from '../../results.ts'

export const bodyOf = (chosen: readonly ReportedConversation[], level: string | undefined = 'all', recorded = chosen.length) =>
  shownConversations({ chosen, recorded, level }, fine).body?.html ?? ''

export const wordsOf = (piece = '') =>
  piece
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
