/** The wizard of `burn generate`. It writes the scenario after the last question about its file, so that Ctrl-C leaves nothing behind. */
import { existsSync } from 'node:fs'
import type { Preset } from '../../dialects/parts/dialect.ts'
import { presetNamed } from '../../dialects/presets.ts'
import { EXIT } from '../../errors.ts'
import { completedUrl } from '../../scenario/compile/target/base-address.ts'
import { templateNamed } from '../../templates/index.ts'
import { ownPresets } from '../../templates/providers.ts'
import { isMock, type TargetChoice } from '../../templates/target-block.ts'
import { terminalSafe } from '../../text/escape.ts'
import { formatOf, type GenerateFlags, isFilePath, pathFor, writeNewFiles } from '../output/new-files.ts'
import { countText } from './list.ts'
import { validText } from './valid-text.ts'
import { AnswerStore, type Answers, choiceOf, MOCK, OTHER, readAnswers } from './wizard/answers.ts'
import { checkAddress, checkPath, checkVariable } from './wizard/checks.ts'
import { LOADS, type LoadName, scenarioChoices } from './wizard/choices.ts'
import { Cancelled, openTerminal, type Streams, type Terminal } from './wizard/terminal.ts'
import { tryTarget } from './wizard/try-target.ts'

/** The answers that `burn generate --yes` gives instead of asking. */
export const defaultAnswers = { template: 'conversation-context', load: 'template' } as const

interface WizardOptions {
  readonly streams?: Streams
  /** Runs the written scenario file; returns the run's exit code. */
  readonly run?: (file: string) => Promise<number>
}

/** Writes the scenario for a file of wizard answers, without questions; returns the exit code. @throws UsageError, LocalError */
export async function writeAnswered(flags: GenerateFlags, file: string): Promise<number> {
  const answers = readAnswers(file)
  const template = templateNamed(answers.template ?? defaultAnswers.template)
  if (!template) throw new Error('an answer was not checked')
  const { output = 'scenarios' } = flags
  const path = answers.path ?? pathFor(output, template.name, formatOf(flags.format, output))
  const load = LOADS.find((one) => one.name === answers.load)?.load
  const choice = choiceOf(answers)
  const text = validText(template, path, { format: formatOf(undefined, path), choice, file: path, ...(load ? { load } : {}) })
  await writeNewFiles([{ path, text }], flags.force === true)
  process.stdout.write(`${path}\n`)
  return EXIT.ok
}

/** Runs the wizard. Returns the exit code of the run that it starts, 130 when the person cancels, else 0. */
export async function runWizard(flags: GenerateFlags, options: WizardOptions = {}): Promise<number> {
  const answered = new AnswerStore(flags.answers)
  const terminal = await openTerminal(options.streams)
  try {
    return await new Wizard(terminal, flags, answered, options.run ?? runFile).walk()
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

/** Runs the file as `burn run FILE` does; returns the exit code. */
async function runFile(file: string): Promise<number> {
  const [{ Command }, { addRunFlags }, { runCommand }] = await Promise.all([
    import('commander'),
    import('../load/run-flags.ts'),
    import('../run/run.ts'),
  ])
  return runCommand([file], addRunFlags(new Command('run')).parse([], { from: 'user' }))
}

const STAGES = 8
const AGAIN = [
  { value: 'no', label: 'no, go on' },
  { value: 'yes', label: 'yes' },
  { value: 'elsewhere', label: 'yes, at another address' },
] as const

class Wizard {
  private readonly terminal: Terminal
  private readonly flags: GenerateFlags
  private readonly answered: AnswerStore
  private readonly run: (file: string) => Promise<number>
  private stage = 1

  constructor(terminal: Terminal, flags: GenerateFlags, answered: AnswerStore, run: (file: string) => Promise<number>) {
    this.terminal = terminal
    this.flags = flags
    this.answered = answered
    this.run = run
  }

  async walk(): Promise<number> {
    this.terminal.title('burn: a load test in a few questions')
    this.terminal.show(
      `${this.number()} Welcome. Enter takes the answer that is offered; Ctrl-C stops, and nothing is written before the end.`,
    )
    const choice = await this.test(await this.askTarget(await this.askProvider()))
    const template = await this.askTemplate()
    const load = await this.askLoad(template)
    const path = await this.write(template, load, choice)
    return this.finish(path)
  }

  private number(): string {
    const text = `${this.stage}/${STAGES}`
    this.stage += 1
    return text
  }

  /** The answer from the file of answers; without one the person is asked, and the answer is saved in that file. */
  private async answer<K extends keyof Answers>(
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

  private askProvider(): Promise<string> {
    const number = this.number()
    const known = Object.entries(ownPresets).map(([name, preset]) => ({ value: name, label: name, hint: preset.describe }))
    const choices = [
      { value: MOCK, label: 'the demo target', hint: 'burn brings it along: nothing else is needed' },
      ...known,
      { value: OTHER, label: 'another address', hint: '{ "message": … } in, text out' },
    ]
    return this.answer('provider', number, () =>
      this.terminal.choose(`${number} What do you want to test?`, choices, this.flags.preset ?? MOCK),
    )
  }

  private async askTarget(provider: string): Promise<TargetChoice> {
    const number = this.number()
    if (provider === MOCK) {
      this.terminal.show(`${number} The demo target starts with each run and ends with it.`)
      return {}
    }
    const preset = provider === OTHER ? undefined : presetNamed(provider)
    const address = this.flags.url ?? preset?.url ?? 'http://127.0.0.1:8080/chat'
    const url = await this.answer('url', number, () => this.askUrl(`${number} Its address`, address, preset))
    this.showCompleted(url, preset)
    const usualModel = this.flags.model ?? preset?.model
    const model =
      preset?.model === undefined
        ? this.flags.model
        : await this.answer('model', '', () => this.terminal.text('Model', usualModel ?? '', () => undefined))
    const keyVariable = await this.askKey(preset?.auth.type === 'none' ? '' : (preset?.keyVariable ?? ''))
    return { ...choiceOf({ provider, url, keyVariable }), model }
  }

  /** Asks for the name of the environment variable that holds the API key, never for the key itself. */
  private async askKey(usual: string): Promise<string> {
    const question = 'Environment variable that holds the key (- for none)'
    const variable = await this.answer('keyVariable', '', () =>
      this.terminal.text(question, usual === '' ? '-' : usual, checkVariable),
    )
    if (variable !== '-' && !process.env[variable])
      this.terminal.warn(`${variable} is not set in this shell: export it before the run.`)
    return variable
  }

  private askUrl(question: string, usual: string, preset: Preset | undefined): Promise<string> {
    return this.terminal.text(question, usual, (answer) => checkAddress(answer, preset?.protocol))
  }

  private showCompleted(url: string, preset: Preset | undefined): void {
    const whole = preset && completedUrl(url, preset.protocol, preset)
    if (whole && whole !== url) this.terminal.show(terminalSafe(`The address is completed to ${whole}`))
  }

  /** Tests the connection and returns the target; when it does not answer, the person may give another address. */
  private async test(choice: TargetChoice): Promise<TargetChoice> {
    const ways = isMock(choice) ? AGAIN.slice(0, 2) : AGAIN
    let tried = choice
    let again = await this.terminal.confirm(`${this.number()} Send one message now, to see whether it answers?`, true)
    while (again) {
      const { ok, text } = await tryTarget(tried)
      if (ok) this.terminal.show(terminalSafe(text))
      else this.terminal.warn(terminalSafe(text))
      const next = ok ? 'no' : await this.terminal.choose('Try once more?', ways, 'no')
      again = next !== 'no'
      if (next === 'elsewhere') tried = await this.elsewhere(tried)
    }
    return tried
  }

  private async elsewhere(choice: TargetChoice): Promise<TargetChoice> {
    const preset = choice.preset === undefined ? undefined : presetNamed(choice.preset)
    const url = await this.askUrl('Its address', choice.url ?? preset?.url ?? '', preset)
    await this.answered.keep({ url })
    this.showCompleted(url, preset)
    return { ...choice, url }
  }

  private askTemplate(): Promise<string> {
    const number = this.number()
    return this.answer('template', number, () =>
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
    const number = this.number()
    return this.answer('load', number, () =>
      this.terminal.choose<LoadName>(`${number} How much load?`, choices, defaultAnswers.load),
    )
  }

  private async write(name: string, loadName: LoadName, choice: TargetChoice): Promise<string> {
    const template = templateNamed(name)
    if (!template) throw new Error(`there is no template ${name}`)
    const output = this.flags.output ?? 'scenarios'
    const suggested = pathFor(output, name, formatOf(this.flags.format, output))
    const number = this.number()
    for (let question = `${number} Where to write it?`; ; question = 'Where else?') {
      const path = await this.askPath(question, suggested, number)
      const replaces = existsSync(path)
      if (replaces && !this.flags.force && !(await this.terminal.confirm(`${path} is there already. Write over it?`, false)))
        continue
      const load = LOADS.find((one) => one.name === loadName)?.load
      const format = formatOf(isFilePath(path) ? undefined : this.flags.format, path)
      const text = validText(template, path, { format, choice, file: path, ...(load ? { load } : {}) })
      await writeNewFiles([{ path, text }], replaces)
      this.terminal.show(`Wrote ${path}`)
      return path
    }
  }

  /** Asks for the path of the scenario. A saved answer is used once only: if that file exists and must stay, the person is asked again. */
  private askPath(question: string, suggested: string, number: string): Promise<string> {
    const ask = () => this.terminal.text(question, suggested, checkPath)
    return question.startsWith(number) ? this.answer('path', number, ask) : ask()
  }

  private async finish(path: string): Promise<number> {
    const now = await this.confirmAfter(`${this.number()} Run it now?`)
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
