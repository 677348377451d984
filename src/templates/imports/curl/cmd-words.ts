/** Commands for the prompt of Windows (cmd.exe), as browsers copy them: carets escape, and programs split their arguments themselves. */
import { shellValue } from './shell-values.ts'

/** Whether a text is written for cmd.exe. */
export function isForCmd(text: string): boolean {
  return /(?:^|\s)\^"|[ \t]\^\r?\n/.test(text) && !/\\\r?\n/.test(text)
}

/** Commands of a text, each as its words. */
export function cmdCommands(text: string): string[][] {
  return withoutCarets(text)
    .split(/\n/)
    .map((line) => argumentsOf(line.replaceAll(NEW_LINE, '\n')))
    .filter((words) => words.length > 0)
}

/** A line break that belongs to a text. */
const NEW_LINE = '\u0000'
const VARIABLE = /^%([A-Z][A-Z0-9_]{2,})%(?![0-9A-Fa-f]{2})/

/** What cmd.exe hands on: outside of its own quotes a caret makes the next character plain, and joins lines. */
function withoutCarets(text: string): string {
  let result = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const rest = text.slice(at, at + 80)
    const [variable, name] = VARIABLE.exec(rest) ?? []
    // After a caret a second line break is a plain character.
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

/** How programs on Windows split their line: quotes group, `\"` and `""` are quotes, other backslashes are plain. */
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
