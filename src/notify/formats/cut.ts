/** Returns a text of at most `max` UTF-16 units, with an ellipsis where it was cut, never within a character. */
export function cutTo(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
