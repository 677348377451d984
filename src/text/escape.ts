/** Escapes text from outside for its destination: terminal, JSON, XML, Markdown, CSV, or annotations and logs of CI runners. */

// C0 without tab and line feed, DEL, C1; soft hyphen, Arabic letter mark, zero-width and bidi controls, line separators, invisible
// operators, byte order mark, interlinear marks; lone surrogates; tags. All of them can hide, reorder or overwrite what a person reads.
const UNSAFE =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\p{Surrogate}|[\u{e0000}-\u{e0fff}]/gu

/**
 * Matches commands that CI runners execute at the beginning of a line, such as `::error::`. INLINE_COMMAND matches `##[error]`, `##vso[` and
 * `##teamcity[`, which they execute anywhere.
 */
const LINE_COMMAND = /::(?=[a-z])/gi
const INLINE_COMMAND = /##(?=(?:vso|teamcity)?\[)/gi

/** True when the output goes to the log of a CI runner, according to the environment variables that CI runners set. */
function runsInCi({ CI, GITHUB_ACTIONS, TF_BUILD, TEAMCITY_VERSION }: NodeJS.ProcessEnv = process.env): boolean {
  return (CI !== undefined && !/^(?:|0|false|no)$/i.test(CI)) || Boolean(GITHUB_ACTIONS || TF_BUILD || TEAMCITY_VERSION)
}

/**
 * Escapes those parts of a text, such as `::error::`, that a CI runner would execute as a command when they are printed to its log. Other texts stay
 * as they are, and so does every text outside of CI, according to the environment variables that CI runners set.
 */
export function logSafe(text: string): string {
  if (!/::|##/.test(text) || !runsInCi()) return text
  return text.replace(LINE_COMMAND, '\\u{3a}:').replace(INLINE_COMMAND, '\\u{23}#')
}

/** Matches control and invisible characters that `JSON.stringify` does not escape and that affect a terminal. */
const UNSEEN = /[\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]/g

/** Returns a value as JSON that is safe to print on a terminal or in a log. `indent` is as for JSON.stringify. */
export function safeJson(value: unknown, indent?: number): string {
  return safeJsonText(JSON.stringify(value, null, indent))
}

/**
 * Escapes the control characters in JSON for a file, without changing its meaning, so that they have no effect when the file is printed on a
 * terminal.
 */
export function jsonFileText(json: string): string {
  return json.replace(UNSEEN, jsonEscape)
}

/**
 * Escapes JSON, without changing its meaning, so that it has no control characters and, in CI, nothing that the runner would execute as a command,
 * such as `##[error]`.
 */
export function safeJsonText(json: string): string {
  const safe = jsonFileText(json)
  return runsInCi() ? safe.replace(INLINE_COMMAND, '#\\u0023') : safe
}

function jsonEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * Escapes a text for a terminal: characters that move the cursor, reorder or hide text become `\u{1b}` and the like; tabs and line feeds
 * stay. In a CI log, text that the runner would execute as a command is changed too. `maxLength` limits the output in UTF-16 units; a cut
 * output ends in `…`.
 */
export function terminalSafe(text: string, options: { readonly maxLength?: number } = {}): string {
  const { maxLength } = options
  // The output is never shorter than the text, so a longer text can be cut before it is escaped.
  const safe = logSafe((maxLength === undefined ? text : text.slice(0, maxLength + 1)).replace(UNSAFE, visibly))
  return maxLength === undefined || safe.length <= maxLength ? safe : shorten(safe, maxLength)
}

/** Escapes a text for use within one line of a terminal, such as a path: like `terminalSafe`, but line feeds and tabs are escaped too. */
export function lineSafe(text: string): string {
  return terminalSafe(text).replace(/[\n\t]/g, visibly)
}

/** Returns a character as a visible escape, such as `\u{1b}`. */
export function visibly(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}

/** Cuts a text to `maxLength` UTF-16 units, between characters and never inside an escape. */
function shorten(safe: string, maxLength: number): string {
  let output = ''
  for (const [piece] of safe.matchAll(/\\u\{[0-9a-f]+\}|./gsu)) {
    if (output.length + piece.length >= maxLength) break
    output += piece
  }
  return `${output}…`
}

// Matches characters that XML 1.0 forbids, even as character references.
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Escapes a text for use between XML tags: `&`, `<`, `>` become entities, characters forbidden in XML 1.0 become U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>\r]/g, (char) => XML_ENTITIES[char] ?? char)
}

/** Escapes a text for use in an XML attribute with either kind of quotes; line ends and tabs are kept. */
export function xmlAttribute(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"'\t\n\r]/g, (char) => XML_ENTITIES[char] ?? char)
}

/** Escapes a text for a cell of a Markdown table, so that it has no effect as markup, HTML, link or mention. Line ends become `<br>`. */
export function markdownCell(text: string): string {
  return terminalSafe(text.replace(/\r\n?/g, '\n'))
    .trim()
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replaceAll('\t', ' ')
    .replaceAll('\n', '<br>')
}

/** Escapes a text for use as the message of a GitHub workflow command, such as `::error::message`. */
export function githubAnnotationData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** Escapes a text for use as a property of a GitHub workflow command, such as the file in `::error file=…::`. */
export function githubAnnotationProperty(text: string): string {
  return githubAnnotationData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
