/**
 * Cuts a text in a webhook message to at most `max` UTF-16 units. A text that is cut ends with an ellipsis, and is never cut within a surrogate pair.
 */
export function cutTo(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
