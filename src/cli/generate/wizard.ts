/**
 * The guided way to a scenario: welcome, provider, target, connection test, scenario, load, file, run. Nothing is written before the last
 * question on the file is answered, so that Ctrl-C leaves nothing behind.
 */
import { existsSync } from 'node:fs'
import { presetNamed } from '../../dialects/presets.ts'
import { EXIT } from '../../errors.ts'
import { terminalSafe } from '../../escape.ts'
import { templateNamed } from '../../templates/index.ts'
import { ownPresets } from '../../templates/providers.ts'
import { renderTemplate } from '../../templates/render.ts'
import type { TargetChoice } from '../../templates/target-block.ts'
import { formatOf, type GenerateFlags, isFilePath, pathFor, writeNewFiles } from '../output/new-files.ts'
import { countText } from './list.ts'
import { checkAddress, checkPath, checkVariable } from './wizard/checks.ts'
import { LOADS, type LoadName, scenarioChoices } from './wizard/choices.ts'
import { Cancelled, openTerminal, type Streams, type Terminal } from './wizard/terminal.ts'
import { tryTarget } from './wizard/try-target.ts'

/** What `--yes` answers. */
export const defaultAnswers = { template: 'conversation-context', load: 'template' } as const

export interface WizardOptions {
  readonly streams?: Streams
  /** Runs the finished file; returns its exit code. */
  readonly run?: (file: string) => Promise<number>
}

/** Asks its way through the stages. Returns the exit code: that of the run if there was one, 130 when it was stopped. */
export async function runWizard(flags: GenerateFlags, options: WizardOptions = {}): Promise<number> {
  const terminal = await openTerminal(options.streams)
  try {
    return await new Wizard(terminal, flags, options.run ?? runFile).walk()
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    terminal.cancelled('Stopped. Nothing was written.')
    return EXIT.sigint
  }
}

/** As `burn run FILE` would. */
async function runFile(file: string): Promise<number> {
  const [{ Command }, { addRunFlags }, { runCommand }] = await Promise.all([
    import('commander'),
    import('../load/run-flags.ts'),
    import('../run/run.ts'),
  ])
  return runCommand([file], addRunFlags(new Command('run')).parse([], { from: 'user' }))
}

const STAGES = 8
const MOCK = 'mock'
const OTHER = 'other'

class Wizard {
  private readonly terminal: Terminal
  private readonly flags: GenerateFlags
  private readonly run: (file: string) => Promise<number>
  private stage = 1

  constructor(terminal: Terminal, flags: GenerateFlags, run: (file: string) => Promise<number>) {
    this.terminal = terminal
    this.flags = flags
    this.run = run
  }

  async walk(): Promise<number> {
    this.terminal.title('burn: a load test in a few questions')
    this.terminal.tell(
      `${this.number()} Welcome. Enter takes the answer that is offered; Ctrl-C stops, and nothing is written before the end.`,
    )
    const choice = await this.askTarget(await this.askProvider())
    await this.test(choice)
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

  private askProvider(): Promise<string> {
    const known = ownPresets.map(([name, preset]) => ({ value: name, label: name, hint: preset.describe }))
    const choices = [
      { value: MOCK, label: 'the demo target', hint: 'burn brings it along: nothing else is needed' },
      ...known,
      { value: OTHER, label: 'another address', hint: '{ "message": … } in, text out' },
    ]
    return this.terminal.choose(`${this.number()} What do you want to test?`, choices, this.flags.preset ?? MOCK)
  }

  private async askTarget(provider: string): Promise<TargetChoice> {
    const number = this.number()
    if (provider === MOCK) {
      this.terminal.tell(`${number} The demo target starts with each run and ends with it.`)
      return {}
    }
    const preset = provider === OTHER ? undefined : presetNamed(provider)
    const address = this.flags.url ?? preset?.url ?? 'http://127.0.0.1:8080/chat'
    const url = await this.terminal.text(`${number} Its address`, address, checkAddress)
    const model =
      preset?.model === undefined
        ? this.flags.model
        : await this.terminal.text('Model', this.flags.model ?? preset.model, () => undefined)
    const keyVariable = await this.askKey(preset?.auth.type === 'none' ? '' : (preset?.keyVariable ?? ''))
    return {
      ...(preset === undefined ? {} : { preset: provider }),
      ...(preset !== undefined && url === preset.url ? {} : { url }),
      model,
      keyVariable,
    }
  }

  /** Keys stay in the environment; only the name of the variable is asked for. */
  private async askKey(usual: string): Promise<string> {
    const answer = await this.terminal.text(
      'Environment variable that holds the key (- for none)',
      usual === '' ? '-' : usual,
      checkVariable,
    )
    const variable = answer === '-' ? '' : answer
    if (variable !== '' && !process.env[variable])
      this.terminal.warn(`${variable} is not set in this shell: export it before the run.`)
    return variable
  }

  private async test(choice: TargetChoice): Promise<void> {
    let again = await this.terminal.confirm(`${this.number()} Send one message now, to see whether it answers?`, true)
    while (again) {
      const { ok, text } = await tryTarget(choice)
      if (ok) this.terminal.tell(terminalSafe(text))
      else this.terminal.warn(terminalSafe(text))
      again = !ok && (await this.terminal.confirm('Try once more?', false))
    }
  }

  private askTemplate(): Promise<string> {
    return this.terminal.choose(`${this.number()} Which conversation?`, scenarioChoices(), defaultAnswers.template)
  }

  private askLoad(template: string): Promise<LoadName> {
    const messages = templateNamed(template)?.messages
    const choices = LOADS.map(({ name, label, hint }) => ({
      value: name,
      label,
      hint: hint ?? (messages ? countText(messages) : ''),
    }))
    return this.terminal.choose<LoadName>(`${this.number()} How much load?`, choices, defaultAnswers.load)
  }

  private async write(name: string, loadName: LoadName, choice: TargetChoice): Promise<string> {
    const template = templateNamed(name)
    if (!template) throw new Error(`there is no template ${name}`)
    const output = this.flags.output ?? 'scenarios'
    const suggested = pathFor(output, name, formatOf(this.flags.format, output))
    const number = this.number()
    for (let question = `${number} Where to write it?`; ; question = 'Where else?') {
      const path = await this.terminal.text(question, suggested, checkPath)
      const replaces = existsSync(path)
      if (replaces && !this.flags.force && !(await this.terminal.confirm(`${path} is there already. Write over it?`, false)))
        continue
      const load = LOADS.find((one) => one.name === loadName)?.load
      const format = formatOf(isFilePath(path) ? undefined : this.flags.format, path)
      const text = renderTemplate(template, { format, choice, file: path, ...(load ? { load } : {}) })
      await writeNewFiles([{ path, text }], replaces)
      this.terminal.tell(`Wrote ${path}`)
      return path
    }
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

  /** The file is there by now: to stop here means no, and is no failure. */
  private async confirmAfter(question: string): Promise<boolean> {
    try {
      return await this.terminal.confirm(question, true)
    } catch (error) {
      if (error instanceof Cancelled) return false
      throw error
    }
  }
}
