import type { Attachment, ToolResult, Turn } from '../../../dialects/parts/dialect.ts'
import type { Template } from '../../../language/template/template.ts'
import type { Random } from '../../../random.ts'
import type { MessageContent } from '../../../scenario/compile/planned-message.ts'

/**
 * Returns the message to send, with its templates rendered. The text of `suffix` is appended, as another part if the message consists of parts.
 * @throws TemplateError when a template cannot be rendered
 */
export function renderMessage(
  content: MessageContent,
  suffix: Template | undefined,
  scope: Readonly<Record<string, unknown>>,
  random: Random,
): Turn {
  const end = suffix?.render(scope, random) ?? ''
  if ('render' in content) return { role: 'user', content: content.render(scope, random) + end }
  const parts = content.map((part): string | Attachment => {
    if ('text' in part) return part.text.render(scope, random)
    return 'url' in part ? { ...part.attachment, source: { url: part.url.render(scope, random) } } : part.attachment
  })
  if (end !== '') parts.push(end.trim())
  return { role: 'user', content: parts.filter((part) => typeof part === 'string').join('\n'), parts }
}

/**
 * Returns the results of tools as one text, which the journal stores in place of a prompt: one line per result, which begins with the name of the
 * tool in brackets; undefined without results.
 */
export function toolResultsText(results: readonly ToolResult[] | undefined): string | undefined {
  return results?.map(({ call, text }) => `[${call.name}] ${text}`).join('\n')
}
