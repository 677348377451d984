/** The wizard of `burn generate`. It writes the scenario only after the last question about the file, so that Ctrl-C leaves nothing behind. */
import { existsSync } from 'node:fs'
import { EXIT } from '../../errors.ts'
import { templateNamed } from '../../templates/index.ts'
import type { TemplateOptions } from '../../templates/render.ts'
import type { TargetChoice } from '../../templates/target-block.ts'
import type { ScenarioTemplate } from '../../templates/template.ts'
import { formatOf, type GenerateFlags, isFilePath, pathFor, writeNewFiles } from '../output/new-files.ts'
import { countText } from './list.ts'
import { validText } from './valid-text.ts'
import { AnswerStore, choiceOf, readAnswers } from './wizard/answers.ts'
import { checkPath } from './wizard/checks.ts'
import { LOADS, type LoadName, scenarioChoices } from './wizard/choices.ts'
import { Interview } from './wizard/interview.ts'
import { TargetQuestions } from './wizard/target-questions.ts'
import { Cancelled, openTerminal, type Streams, type Terminal } from './wizard/terminal.ts'

/** The answers that `burn generate --yes` uses instead of asking the user: which template and which load the scenario has. */
export const defaultAnswers = { template: 'conversation-context', load: 'template' } as const

interface WizardOptions {
  readonly streams?: Streams
  /** Runs the scenario file that was written; resolves with the exit code of the run. */
  readonly run?: (file: string) => Promise<number>
}

/**
 * Writes a scenario without asking the user: `file` holds the answers to the questions of the wizard of `burn generate`. Returns the exit code.
 * @throws UsageError, LocalError
 */
export async function writeAnswered(flags: GenerateFlags, file: string): Promise<number> {
  const answers = readAnswers(file)
  const template = templateNamed(answers.template ?? defaultAnswers.template)
  if (!template) throw new Error('an answer was not checked')
  const { output = 'scenarios' } = flags
  const path = answers.path ?? pathFor(output, template.name, formatOf(flags.format, output))
  const text = textFor(template, path, { format: formatOf(undefined, path), choice: choiceOf(answers) }, answers.load)
  await writeNewFiles([{ path, text }], flags.force === true)
  process.stdout.write(`${path}\n`)
  return EXIT.ok
}

/** Returns the text of the scenario for `path`, in which the chosen load replaces that of the template. @throws UsageError */
function textFor(
  template: ScenarioTemplate,
  path: string,
  options: Pick<TemplateOptions, 'format' | 'choice'>,
  loadName: LoadName | undefined,
): string {
  const load = LOADS.find(({ name }) => name === loadName)?.load
  return validText(template, path, { ...options, file: path, ...(load ? { load } : {}) })
}

/**
 * Asks the user about a scenario on the terminal, writes it and, on request, runs it. Returns the exit code of that run, 130 when the user
 * cancels, else 0.
 */
export async function runWizard(flags: GenerateFlags, options: WizardOptions = {}): Promise<number> {
  const answered = new AnswerStore(flags.answers)
  const terminal = await openTerminal(options.streams)
  try {
    return await new Wizard(new Interview(terminal, answered), flags, options.run ?? runFile).walk()
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    terminal.cancelled(
      answered.file === undefined
        ? 'Stopped. Nothing was written.'
        : `Stopped. What was answered is in ${answered.file}: the same command goes on from there.`,
    )
    return EXIT.sigint
  }
}

/** Runs a scenario file as `burn run FILE` does; resolves with the exit code. */
async function runFile(file: string): Promise<number> {
  const [{ Command }, { addRunFlags }, { runCommand }] = await Promise.all([
    import('commander'),
    import('../load/run-flags.ts'),
    import('../run/run.ts'),
  ])
  return runCommand([file], addRunFlags(new Command('run')).parse([], { from: 'user' }))
}

class Wizard {
  private readonly interview: Interview
  private readonly terminal: Terminal
  private readonly flags: GenerateFlags
  private readonly run: (file: string) => Promise<number>

  constructor(interview: Interview, flags: GenerateFlags, run: (file: string) => Promise<number>) {
    this.interview = interview
    this.terminal = interview.terminal
    this.flags = flags
    this.run = run
  }

  async walk(): Promise<number> {
    this.terminal.title('burn: a load test in a few questions')
    this.terminal.show(
      `${this.interview.number()} Welcome. Enter takes the answer that is offered; Ctrl-C stops, and nothing is written before the end.`,
    )
    const choice = await new TargetQuestions(this.interview, this.flags).ask()
    const template = await this.askTemplate()
    const load = await this.askLoad(template)
    const path = await this.write(template, load, choice)
    return this.finish(path)
  }

  private askTemplate(): Promise<string> {
    const number = this.interview.number()
    return this.interview.answer('template', number, () =>
      this.terminal.choose(`${number} Which conversation?`, scenarioChoices(), defaultAnswers.template),
    )
  }

  private askLoad(template: string): Promise<LoadName> {
    const messages = templateNamed(template)?.messages
    const choices = LOADS.map(({ name, label, hint }) => ({
      value: name,
      label,
      hint: hint ?? (messages ? countText(messages) : ''),
    }))
    const number = this.interview.number()
    return this.interview.answer('load', number, () =>
      this.terminal.choose<LoadName>(`${number} How much load?`, choices, defaultAnswers.load),
    )
  }

  private async write(name: string, loadName: LoadName, choice: TargetChoice): Promise<string> {
    const template = templateNamed(name)
    if (!template) throw new Error(`there is no template ${name}`)
    const output = this.flags.output ?? 'scenarios'
    const suggested = pathFor(output, name, formatOf(this.flags.format, output))
    const number = this.interview.number()
    for (let question = `${number} Where to write it?`; ; question = 'Where else?') {
      const path = await this.askPath(question, suggested, number)
      const replaces = existsSync(path)
      if (replaces && !this.flags.force && !(await this.terminal.confirm(`${path} is there already. Write over it?`, false)))
        continue
      const format = formatOf(isFilePath(path) ? undefined : this.flags.format, path)
      const text = textFor(template, path, { format, choice }, loadName)
      await writeNewFiles([{ path, text }], replaces)
      this.terminal.show(`Wrote ${path}`)
      return path
    }
  }

  /**
   * Asks for the path of the scenario. A saved answer is used only once: when that file exists and must not be overwritten, the user is asked again.
   */
  private askPath(question: string, suggested: string, number: string): Promise<string> {
    const ask = () => this.terminal.text(question, suggested, checkPath)
    return question.startsWith(number) ? this.interview.answer('path', number, ask) : ask()
  }

  private async finish(path: string): Promise<number> {
    const now = await this.confirmAfter(`${this.interview.number()} Run it now?`)
    this.terminal.box(
      [`burn validate ${path}`, `burn plan ${path}`, `burn run ${path} --report junit,md`, 'burn generate --ci github'].join(
        '\n',
      ),
      'Next steps',
    )
    this.terminal.end(now ? `Running ${path}` : 'Done.')
    return now ? this.run(path) : EXIT.ok
  }

  /** Asks a yes-no question after the file was written; cancelling then counts as no. */
  private async confirmAfter(question: string): Promise<boolean> {
    try {
      return await this.terminal.confirm(question, true)
    } catch (error) {
      if (error instanceof Cancelled) return false
      throw error
    }
  }
}
