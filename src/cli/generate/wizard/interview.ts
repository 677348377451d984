/** Asks the numbered questions of the wizard, unless the file of answers contains the answer. */
import { terminalSafe } from '../../../text/escape.ts'
import type { AnswerStore, Answers } from './answers.ts'
import type { Terminal } from './terminal.ts'

const STAGES = 8

/**
 * Asks the user the questions of the wizard on the terminal, except those that the file of answers already answers. It also numbers the stages of
 * the wizard, as in "3/8".
 */
export class Interview {
  readonly terminal: Terminal
  private readonly answered: AnswerStore
  private stage = 1

  constructor(terminal: Terminal, answered: AnswerStore) {
    this.terminal = terminal
    this.answered = answered
  }

  /** Starts the next stage of the wizard and returns its number, such as "3/8". */
  number(): string {
    const text = `${this.stage}/${STAGES}`
    this.stage += 1
    return text
  }

  /** Returns the answer from the file of answers. Without one, asks the user and saves the answer in that file. */
  async answer<K extends keyof Answers>(
    name: K,
    number: string,
    ask: () => Promise<NonNullable<Answers[K]>>,
  ): Promise<NonNullable<Answers[K]>> {
    const known = this.answered.known(name)
    if (known !== undefined) {
      this.terminal.show(terminalSafe(`${number} ${name}: ${known}, as ${this.answered.file} says`.trim()))
      return known
    }
    const given = await ask()
    await this.answered.keep({ [name]: given })
    return given
  }

  /** Saves an answer in the file of answers, where it replaces an earlier one. */
  async keep(answer: Answers): Promise<void> {
    await this.answered.keep(answer)
  }
}
