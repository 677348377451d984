import { type ForeignOptions, withoutReferences } from '../common/literal.ts'
import type { Notes } from '../common/notes.ts'

/** Names of variables in the tool Krawall, with burn's names. */
const NAMES: Readonly<Record<string, string>> = {
  messageIndex: 'conversation.messageIndex',
  timestamp: 'isoTimestamp',
  repetitionIndex: 'iteration.ofUser',
  lastResponse: 'reply.text',
  response: 'reply.text',
  conversationId: 'conversation.id',
  messageCount: 'conversation.messageCount',
  tokenCount: 'conversation.tokens',
  history: 'conversation.history',
  lastAssistantMessage: 'conversation.lastAssistant',
  lastUserMessage: 'conversation.lastUser',
  sessionId: 'user.id',
}

const MUSTACHE = /\{\{(\{?)([#/^]?\s*)([^{}]*?)(\}?)\}\}/g
/** Matches a name at the start of a path outside quotes, and skips quoted texts. */
const WORD = /"[^"]*"|'[^']*'|(?<![\w.@/])[A-Za-z_]\w*(?![\w]*=)/g

/** The input for translating templates of the tool Krawall: the scenario's own variables, the options of the conversion, and the list of notes. */
export interface TemplateNames {
  /** The scenario's own variables, which keep their names. */
  readonly own: ReadonlySet<string>
  readonly notes: Notes
  readonly options: ForeignOptions
}

/**
 * Replaces the names of Krawall's variables in the templates of a text by burn's names; the scenario's own variables keep theirs. Escapes `${`,
 * unless the scenario is run at once. Outside a loop (`inLoop` false), `{{index}}` is removed, with a note, because it has no value there.
 */
export function translateText(text: string, names: TemplateNames, inLoop = false): string {
  const escaped = withoutReferences(text, names.options)
  return escaped.replace(MUSTACHE, (whole, open: string, mark: string, inner: string, close: string) => {
    if (empty(inner.trim(), names, inLoop)) return ''
    return inner.startsWith('!') ? whole : `{{${open}${mark}${renamed(inner, names)}${close}}}`
  })
}

/** True for a variable that has no value in Krawall and so becomes an empty text. */
function empty(name: string, { own, notes }: TemplateNames, inLoop: boolean): boolean {
  if (own.has(name)) return false
  if (name === 'index' && !inLoop) {
    notes.push(`{{${name}}} has no value in burn, and was removed from the text`)
    return true
  }
  return false
}

function renamed(inner: string, { own }: TemplateNames): string {
  return inner.replace(WORD, (word) => (own.has(word) ? word : ((Object.hasOwn(NAMES, word) ? NAMES[word] : undefined) ?? word)))
}
