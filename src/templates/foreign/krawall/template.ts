/** Handlebars texts of Krawall: the same language, other names. */
import { type ForeignOptions, withoutReferences } from '../common/literal.ts'
import type { Notes } from '../common/notes.ts'

/** Names there, and what they are called here. */
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
/** A name at the start of a path, outside of quotes. */
const WORD = /"[^"]*"|'[^']*'|(?<![\w.@/])[A-Za-z_]\w*(?![\w]*=)/g

export interface TemplateNames {
  /** Variables of the scenario: they keep their names, whatever these are. */
  readonly own: ReadonlySet<string>
  readonly notes: Notes
  readonly options: ForeignOptions
}

/** A text with its variables renamed. `inLoop`: `index` has a value there. */
export function translateText(text: string, names: TemplateNames, inLoop = false): string {
  const escaped = withoutReferences(text, names.options)
  return escaped.replace(MUSTACHE, (whole, open: string, mark: string, inner: string, close: string) => {
    if (empty(inner.trim(), names, inLoop)) return ''
    return inner.startsWith('!') ? whole : `{{${open}${mark}${renamed(inner, names)}${close}}}`
  })
}

/** A variable that was nothing there is nothing here. */
function empty(name: string, { own, notes }: TemplateNames, inLoop: boolean): boolean {
  if (own.has(name)) return false
  if (name === 'index' && !inLoop) {
    notes.push(`{{${name}}} has no value here, and was taken out of the text`)
    return true
  }
  return false
}

function renamed(inner: string, { own }: TemplateNames): string {
  return inner.replace(WORD, (word) => (own.has(word) ? word : ((Object.hasOwn(NAMES, word) ? NAMES[word] : undefined) ?? word)))
}
