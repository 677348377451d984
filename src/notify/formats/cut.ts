/** Cuts a text of a webhook message to at most `max` UTF-16 units, with an ellipsis at the end if it was cut, and never within a character. */
export function cutTo(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
