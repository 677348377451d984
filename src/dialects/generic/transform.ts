/** A function that removes markup, such as HTML tags, from the text of a reply, in time linear in its length. */
type Transform = (text: string) => string

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The functions that remove markup (Markdown, HTML) from the text of a reply, by the value of the setting `response.transform`. */
export const transforms = {
  none: (text) => text,
  markdown: stripMarkdown,
  html: stripHtml,
} satisfies Record<string, Transform>

/** Removes the marks of headings, emphasis, code, quotes and lists. Of a link, only the words stay. */
function stripMarkdown(text: string): string {
  return text
    .replace(/^```[^\n]*$/gm, '')
    .replace(/^ {0,3}(?:#{1,6} |> |[-*+] )/gm, '')
    .replace(/!?\[([^[\]\n]*)\]\([^()\n]*\)/g, '$1')
    .replace(/(\*\*|__|~~)(?=\S)/g, '')
    .replace(/(?<=\S)(\*\*|__|~~)/g, '')
    .replace(/(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|`/g, '')
    .trim()
}

/** Removes tags, comments, scripts and styles, decodes common entities, and turns white space into single spaces. */
function stripHtml(text: string): string {
  return dropElements(text)
    .replace(/<[/!?a-zA-Z][^<>]*>/g, ' ')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, decodeEntity)
    .replace(/\s+/g, ' ')
    .trim()
}

/**
 * Removes script and style elements with their content. It uses a search, because a regular expression would take quadratic time for unclosed
 * elements.
 */
function dropElements(text: string): string {
  const open = /<(script|style)\b/gi
  const kept: string[] = []
  let from = 0
  for (let match = open.exec(text); match !== null; match = open.exec(text)) {
    const close = new RegExp(`</${match[1]}\\s*>`, 'gi')
    close.lastIndex = match.index
    const end = close.exec(text)
    kept.push(text.slice(from, match.index))
    if (end === null) return kept.join(' ')
    from = close.lastIndex
    open.lastIndex = from
  }
  kept.push(text.slice(from))
  return kept.join(' ')
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
}
