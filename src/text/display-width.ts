/**
 * Matches texts of characters that take one column each: Latin letters, common punctuation, arrows, lines, blocks, ✓ and ✗. Making the first segmenter
 * takes 8 ms, so such texts are measured without one.
 */
const PLAIN = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u259f\u2713\u2717]*$/
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff\ud7b0-\ud7ff]$/u
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[0-9#*]\ufe0f?\u20e3/u
/** Matches wide characters (East Asian Wide and Fullwidth, Unicode TR 11), except emoji, which have a property of their own. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]$/u
let segmenter: Intl.Segmenter | undefined

/** Splits a text into characters as readers see them: a letter with its accents, or an emoji of several parts, counts as one character. */
export function characters(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** Returns the columns that one visible character takes on a terminal: 2 for an emoji of any number of parts, else the sum of its code points. */
function clusterWidth(cluster: string): number {
  if (EMOJI.test(cluster)) return 2
  let width = 0
  for (const character of cluster) width += characterWidth(character)
  return width
}

/**
 * Returns the number of columns that a text without escape sequences takes on a terminal: 2 for wide characters and emoji, 0 for combining
 * characters, 1 for others.
 */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of characters(text)) width += clusterWidth(segment)
  return width
}
