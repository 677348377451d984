/** Splits shell commands into words, as a POSIX shell reads them; nothing is expanded or run. */
import { UsageError } from '../../errors.ts'

const ENDS = /^(?:\r?\n|;|&&|\|\|?|&)/
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

/** Commands of a text, each as its words. @throws UsageError when a quote is not closed */
export function shellCommands(text: string): string[][] {
  return new Splitter(text).run()
}

class Splitter {
  private readonly text: string
  private at = 0
  private word: string | undefined
  private words: string[] = []
  private readonly commands: string[][] = []

  constructor(text: string) {
    this.text = text
  }

  run(): string[][] {
    while (this.at < this.text.length) this.step()
    this.endCommand()
    return this.commands
  }

  private step(): void {
    const rest = this.text.slice(this.at, this.at + 3)
    const end = ENDS.exec(rest)?.[0]
    if (/^\\\r?\n/.test(rest)) this.at += rest.startsWith('\\\r') ? 3 : 2
    else if (end !== undefined) this.skip(end.length, () => this.endCommand())
    else if (/^[ \t]/.test(rest)) this.skip(1, () => this.endWord())
    else if (rest.startsWith('#') && this.word === undefined) this.at = this.lineEnd()
    else if (rest.startsWith("$'")) this.add(this.ansi())
    else if (rest.startsWith("'")) this.add(this.quoted("'"))
    else if (rest.startsWith('"')) this.add(this.doubleQuoted())
    else if (rest.startsWith('\\')) this.skip(2, () => this.add(rest[1] ?? ''))
    else this.skip(1, () => this.add(rest[0] ?? ''))
  }

  private skip(count: number, then: () => void): void {
    this.at += count
    then()
  }

  private add(text: string): void {
    this.word = (this.word ?? '') + text
  }

  private endWord(): void {
    if (this.word !== undefined) this.words.push(this.word)
    this.word = undefined
  }

  private endCommand(): void {
    this.endWord()
    if (this.words.length > 0) this.commands.push(this.words)
    this.words = []
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

  private doubleQuoted(): string {
    return this.escaped(1, '"', (next) => (next === '\n' ? '' : '$`"\\'.includes(next) ? next : `\\${next}`))
  }

  /** `$'…'`: escapes as in C, also \u and \x. */
  private ansi(): string {
    return this.escaped(2, "'", (next) => {
      const [, digits] = /^[ux]\{?([0-9A-Fa-f]{1,8})/.exec(this.text.slice(this.at, this.at + (next === 'u' ? 5 : 3))) ?? []
      if (digits === undefined) return ESCAPES[next] ?? `\\${next}`
      this.at += digits.length
      return String.fromCodePoint(Number.parseInt(digits, 16))
    })
  }

  private escaped(open: number, close: string, decode: (next: string) => string): string {
    let inner = ''
    this.at += open
    for (let char = this.text[this.at]; char !== close; char = this.text[this.at]) {
      if (char === undefined) throw unclosed(close)
      if (char === '\\') {
        this.at += 1
        inner += decode(this.text[this.at] ?? '')
      } else inner += char
      this.at += 1
    }
    this.at += 1
    return inner
  }
}

function unclosed(mark: string): UsageError {
  return new UsageError(`the command has a ${mark} that is never closed`, 'copy the whole command')
}
