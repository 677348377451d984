/** Splits commands for cmd.exe of Windows, as browsers copy them: carets escape, and programs split their arguments themselves. */
import { shellValue } from './shell-values.ts'

/** True when a curl command is quoted for cmd.exe, the command line of Windows. */
export function isForCmd(text: string): boolean {
  return /(?:^|\s)\^"|[ \t]\^\r?\n/.test(text) && !/\\\r?\n/.test(text)
}

/**
 * Splits commands for cmd.exe, the command line of Windows, into their words; one list of words for each line. Variables such as `%TOKEN%` become
 * placeholders (see `shellValue`).
 */
export function cmdCommands(text: string): string[][] {
  return withoutCarets(text)
    .split(/\n/)
    .map((line) => argumentsOf(line.replaceAll(NEW_LINE, '\n')))
    .filter((words) => words.length > 0)
}

/** A character that stands for a line break inside an argument. */
const NEW_LINE = '\u0000'
const VARIABLE = /^%([A-Z][A-Z0-9_]{2,})%(?![0-9A-Fa-f]{2})/

/** Returns the text as cmd.exe passes it on: outside quotes a caret escapes the next character, or joins lines. */
function withoutCarets(text: string): string {
  let result = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const rest = text.slice(at, at + 80)
    const [variable, name] = VARIABLE.exec(rest) ?? []
    // After a caret and a line break, a second line break is literal.
    const joint = quoted ? undefined : /^\^\r?\n(\r?\n)?/.exec(rest)
    if (joint) {
      result += joint[1] === undefined ? '' : NEW_LINE
      at += joint[0].length - 1
    } else if (variable !== undefined && name !== undefined) {
      result += shellValue(name)
      at += variable.length - 1
    } else if (text[at] === '^' && !quoted) {
      at += 1
      result += text[at] ?? ''
    } else {
      if (text[at] === '"') quoted = !quoted
      if (text[at] !== '\r') result += text[at] === '\n' && quoted ? NEW_LINE : text[at]
    }
  }
  return result
}

/** Splits a command line into arguments as programs on Windows do: quotes group, `\"` and `""` are quotes, other backslashes are literal. */
function argumentsOf(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const [slashes = ''] = /^\\*/.exec(line.slice(at)) ?? []
    const quote = line[at + slashes.length] === '"'
    if (slashes !== '' && quote) {
      const escaped = slashes.length % 2 === 1
      word = (word ?? '') + '\\'.repeat(Math.floor(slashes.length / 2)) + (escaped ? '"' : '')
      at += slashes.length - (escaped ? 0 : 1)
    } else if (line[at] === '"') {
      word ??= ''
      if (quoted && line[at + 1] === '"') {
        word += '"'
        at += 1
      } else quoted = !quoted
    } else if (!quoted && /[ \t]/.test(line[at] ?? '')) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + line[at]
  }
  return word === undefined ? words : [...words, word]
}
