/** Asks the wizard's questions with @clack/prompts. */
import type { Readable, Writable } from 'node:stream'
import { wrapWhole } from '../../../report/text/width.ts'
import { endOfInput } from '../../output/end-of-input.ts'

/** Thrown by a question of the wizard when the user presses Ctrl-C, Ctrl-D or Escape. */
export class Cancelled extends Error {
  override name = 'Cancelled'
}

/** One entry of a list in the wizard of `burn generate`, from which the user chooses: its value, its label and a hint. */
export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/**
 * Asks the questions of `burn generate` and prints its messages on a terminal. `choose`, `text` and `confirm` reject with Cancelled when the user
 * cancels.
 */
export interface Terminal {
  title(text: string): void
  show(text: string): void
  warn(text: string): void
  box(text: string, title: string): void
  end(text: string): void
  cancelled(text: string): void
  choose<T extends string>(question: string, choices: readonly Choice<T>[], usual: T): Promise<T>
  text(question: string, usual: string, check: (answer: string) => string | undefined): Promise<string>
  confirm(question: string, usual: boolean): Promise<boolean>
}

/**
 * The streams of the wizard of `burn generate`: it reads answers from `input` and prints questions to `output`. By default, they are stdin and
 * stdout.
 */
export interface Streams {
  readonly input?: Readable
  readonly output?: Writable & { readonly columns?: number }
}

/** Opens the terminal for the wizard. Only this call loads the library @clack/prompts. */
export async function openTerminal(streams: Streams = {}): Promise<Terminal> {
  const clack = await import('@clack/prompts')
  const answered = <T extends string | boolean>(answer: T | symbol): T => {
    if (typeof answer === 'symbol') throw new Cancelled('the wizard was stopped')
    return answer
  }
  // @clack/prompts does not wrap long lines, and the terminal would break them inside words. Each line begins with a bar and two spaces.
  const asking = { ...streams, signal: endOfInput(streams.input) }
  const { columns = 80 } = streams.output ?? process.stdout
  const whole = (text: string) => wrapWhole(text, Math.max(20, columns - 4)).join('\n')
  return {
    title: (text) => clack.intro(text, streams),
    show: (text) => clack.log.step(whole(text), streams),
    warn: (text) => clack.log.warn(whole(text), streams),
    box: (text, title) => clack.note(text, title, streams),
    end: (text) => clack.outro(text, streams),
    cancelled: (text) => clack.cancel(text, streams),
    async choose<T extends string>(question: string, choices: readonly Choice<T>[], usual: T) {
      const options = choices.map((choice) => ({ ...choice }))
      // The cast is needed because the type of its options depends on the type of the value, which is a type parameter here.
      const select = clack.select as (asked: object) => Promise<T | symbol>
      return answered(await select({ message: question, options, initialValue: usual, maxItems: 12, ...asking }))
    },
    async text(question, usual, check) {
      const validate = (answer: string | undefined) => check((answer ?? '').trim() === '' ? usual : (answer ?? ''))
      const answer = answered<string>(
        await clack.text({ message: question, defaultValue: usual, placeholder: usual, validate, ...asking }),
      )
      return answer.trim() === '' ? usual : answer.trim()
    },
    confirm: async (question, usual) =>
      answered<boolean>(await clack.confirm({ message: question, initialValue: usual, ...asking })),
  }
}
