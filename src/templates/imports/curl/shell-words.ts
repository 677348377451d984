/** Splits shell commands into words as a POSIX shell does. Nothing is run; variables are marked (see shell-values.ts). */
import { UsageError } from '../../../errors.ts'
import { Expander } from './shell-values.ts'

const ENDS = /^(?:\r?\n|;|&&|\|\|?|&)/
const REDIRECTION = /^(?:\d*(?:&>>?|>>|>\||>&|<&|<>|>|<(?!<)))[ \t]*/
const HERE = /^\d*<<(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|(\\?)([\w.!-]+))/
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
}

/** One command of a shell script: its words, and the text of its standard input if that is known. */
export interface ShellCommand {
  readonly words: readonly string[]
  /** The command's standard input, where the script shows it; undefined when unknown. */
  readonly input: string | undefined
}

/**
 * Parses a shell script into its commands, each with its words and its standard input. Variables become placeholders (see `shellValue`).
 * @throws UsageError for a quote that is not closed
 */
export function shellScript(text: string, notes: string[]): ShellCommand[] {
  return new Splitter(text, new Expander(notes, (source) => outputOf(source, notes))).run()
}

/** Returns the output of a script, if it is known without running it, such as `cat` with a here-document; else undefined. */
function outputOf(source: string, notes: string[]): string | undefined {
  if (!/^\s*(?:cat|echo)\s/.test(source)) return undefined
  const [only, ...more] = shellScript(source, notes)
  return only === undefined || more.length > 0 ? undefined : printed(only)
}

interface Here {
  readonly end: string
  readonly tabs: boolean
  readonly expands: boolean
}

class Splitter {
  private readonly text: string
  private readonly expander: Expander
  private at = 0
  private word: string | undefined
  private words: string[] = []
  private input: string | undefined
  private piped: string | undefined
  private heres: Here[] = []
  /** What happens to the next word after a redirection: it is dropped or becomes the input; undefined for a word of the command. */
  private redirected: 'nowhere' | 'input' | undefined
  private readonly commands: ShellCommand[] = []

  constructor(text: string, expander: Expander) {
    this.text = text
    this.expander = expander
  }

  run(): ShellCommand[] {
    while (this.at < this.text.length) this.step()
    this.endCommand('')
    return this.commands
  }

  private step(): void {
    const rest = this.text.slice(this.at, this.at + 3)
    const end = ENDS.exec(rest)?.[0]
    // A backtick at the end of a line continues it in PowerShell.
    if (/^[\\`]\r?\n/.test(rest)) this.at += rest[1] === '\r' ? 3 : 2
    else if (this.redirects()) return
    else if (end !== undefined) this.skip(end.length, () => this.endCommand(end))
    else if (/^[ \t]/.test(rest)) this.skip(1, () => this.endWord())
    else if (rest.startsWith('#') && this.word === undefined) this.at = this.lineEnd()
    else if (rest.startsWith("$'")) this.add(this.ansi())
    else if (rest.startsWith("'")) this.add(this.quoted("'"))
    else if (rest.startsWith('"') || rest.startsWith('$"')) this.add(this.doubleQuoted(rest.startsWith('$') ? 2 : 1))
    else if (rest.startsWith('\\')) this.skip(2, () => this.add(rest[1] ?? ''))
    else this.add(this.expanded() ?? this.next())
  }

  private next(): string {
    this.at += 1
    return this.text[this.at - 1] ?? ''
  }

  /** Returns the mark for the shell variable or command at the current position; undefined when there is none. */
  private expanded(): string | undefined {
    const char = this.text[this.at]
    const found = char === '$' || char === '`' ? this.expander.at(this.text.slice(this.at)) : undefined
    this.at += found?.length ?? 0
    return found?.text
  }

  /** Reads a redirection (`<`, `>` …) at the current position of a shell command; false when there is none. */
  private redirects(): boolean {
    const char = this.text[this.at] ?? ''
    if (!/[<>&\d]/.test(char) || (this.word !== undefined && !/[<>]/.test(char))) return false
    const rest = this.text.slice(this.at, this.at + 200)
    const [here, tabs, single, double, escaped, bare = ''] = HERE.exec(rest) ?? []
    const [found = ''] = here === undefined ? (/^<<</.exec(rest) ?? REDIRECTION.exec(rest) ?? []) : [here]
    if (found === '') return false
    this.endWord()
    this.at += found.length
    if (here !== undefined)
      this.heres.push({
        end: single ?? double ?? bare,
        tabs: tabs !== '',
        expands: single === undefined && double === undefined && escaped === '',
      })
    else this.redirected = found === '<<<' ? 'input' : 'nowhere'
    return true
  }

  /** Returns the lines of a shell's here-document, up to its end word. */
  private readHere({ end, tabs, expands }: Here): string {
    const lines: string[] = []
    while (this.at < this.text.length) {
      const stop = this.lineEnd()
      const raw = this.text.slice(this.at, stop).replace(/\r$/, '')
      const line = tabs ? raw.replace(/^\t+/, '') : raw
      this.at = stop + 1
      if (line === end) break
      lines.push(line)
    }
    const text = lines.map((line) => `${line}\n`).join('')
    return expands ? new Splitter(text, this.expander).asQuoted() : text
  }

  /** Returns the rest of a shell text with variables expanded, read as inside double quotes. */
  private asQuoted(): string {
    let result = ''
    while (this.at < this.text.length) {
      const found = /^\\([$`\\\n])/.exec(this.text.slice(this.at, this.at + 2))?.[1]
      if (found !== undefined) this.at += 2
      result += found === undefined ? (this.expanded() ?? this.next()) : found === '\n' ? '' : found
    }
    return result
  }

  private skip(count: number, then: () => void): void {
    this.at += count
    then()
  }

  private add(text: string): void {
    this.word = (this.word ?? '') + text
  }

  private endWord(): void {
    if (this.word === undefined) return
    if (this.redirected === 'input') this.input = `${this.word}\n`
    if (this.redirected === undefined) this.words.push(this.word)
    this.redirected = undefined
    this.word = undefined
  }

  private endCommand(end: string): void {
    this.endWord()
    if (end.endsWith('\n')) for (const here of this.heres.splice(0)) this.input = this.readHere(here)
    // Without any word, as at an empty line or after a pipe, the command goes on with the next line.
    if (this.words.length === 0) return
    const command = { words: this.words, input: this.input ?? this.piped }
    this.commands.push(command)
    this.piped = end === '|' ? printed(command) : undefined
    this.words = []
    this.input = undefined
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at)
    return end === -1 ? this.text.length : end
  }

  private quoted(mark: string): string {
    const end = this.text.indexOf(mark, this.at + 1)
    if (end === -1) throw unclosed(mark)
    const inner = this.text.slice(this.at + 1, end)
    this.at = end + 1
    return inner
  }

  private doubleQuoted(open: number): string {
    return this.escaped(open, '"', (next) => (next === '\n' ? '' : '$`"\\'.includes(next) ? next : `\\${next}`), true)
  }

  /** Reads the shell notation `$'…'`, with escapes as in C, including \u and \x. */
  private ansi(): string {
    return this.escaped(2, "'", (next) => {
      const [, digits] = /^[ux]\{?([0-9A-Fa-f]{1,8})/.exec(this.text.slice(this.at, this.at + (next === 'u' ? 5 : 3))) ?? []
      if (digits === undefined) return ESCAPES[next] ?? `\\${next}`
      this.at += digits.length
      return String.fromCodePoint(Number.parseInt(digits, 16))
    })
  }

  private escaped(open: number, close: string, decode: (next: string) => string, expands = false): string {
    let inner = ''
    this.at += open
    for (let char = this.text[this.at]; char !== close; char = this.text[this.at]) {
      if (char === undefined) throw unclosed(close)
      if (char === '\\') {
        this.at += 1
        inner += decode(this.text[this.at] ?? '')
        this.at += 1
      } else inner += (expands ? this.expanded() : undefined) ?? this.next()
    }
    this.at += 1
    return inner
  }
}

function unclosed(mark: string): UsageError {
  return new UsageError(`the command has a ${mark} that is never closed`, 'copy the whole command')
}

/** Returns the output of `cat` or `echo`, if it is known without running the command; else undefined. */
function printed({ words, input }: ShellCommand): string | undefined {
  const [program, ...rest] = words
  if (program === 'cat' && rest.every((word) => word === '-')) return input
  if (program !== 'echo') return undefined
  const [flag] = rest
  return flag === '-n' ? rest.slice(1).join(' ') : `${rest.join(' ')}\n`
}
