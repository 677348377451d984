/** The wizard's questions about the target: provider, address, model, API key, and whether to send a test message. */
import type { Preset } from '../../../dialects/parts/dialect.ts'
import { presetNamed } from '../../../dialects/presets.ts'
import { completedUrl } from '../../../scenario/compile/target/base-address.ts'
import { ownPresets } from '../../../templates/providers.ts'
import { isMock, type TargetChoice } from '../../../templates/target-block.ts'
import { terminalSafe } from '../../../text/escape.ts'
import type { GenerateFlags } from '../../output/new-files.ts'
import { choiceOf, MOCK, OTHER } from './answers.ts'
import { checkAddress, checkVariable } from './checks.ts'
import type { Interview } from './interview.ts'
import type { Terminal } from './terminal.ts'
import { tryTarget } from './try-target.ts'

const AGAIN = [
  { value: 'no', label: 'no, go on' },
  { value: 'yes', label: 'yes' },
  { value: 'elsewhere', label: 'yes, at another address' },
] as const

/** Asks the user of the wizard for the target and, if the user agrees, tests the connection to it. */
export class TargetQuestions {
  private readonly interview: Interview
  private readonly terminal: Terminal
  private readonly flags: GenerateFlags

  constructor(interview: Interview, flags: GenerateFlags) {
    this.interview = interview
    this.terminal = interview.terminal
    this.flags = flags
  }

  /** Asks the questions about the target and returns it. @throws Cancelled */
  async ask(): Promise<TargetChoice> {
    return this.test(await this.askTarget(await this.askProvider()))
  }

  private askProvider(): Promise<string> {
    const number = this.interview.number()
    const known = Object.entries(ownPresets).map(([name, preset]) => ({ value: name, label: name, hint: preset.describe }))
    const choices = [
      { value: MOCK, label: 'the demo target', hint: 'burn brings it along: nothing else is needed' },
      ...known,
      { value: OTHER, label: 'another address', hint: '{ "message": … } in, text out' },
    ]
    return this.interview.answer('provider', number, () =>
      this.terminal.choose(`${number} What do you want to test?`, choices, this.flags.preset ?? MOCK),
    )
  }

  private async askTarget(provider: string): Promise<TargetChoice> {
    const number = this.interview.number()
    if (provider === MOCK) {
      this.terminal.show(`${number} The demo target starts with each run and ends with it.`)
      return {}
    }
    const preset = provider === OTHER ? undefined : presetNamed(provider)
    const address = this.flags.url ?? preset?.url ?? 'http://127.0.0.1:8080/chat'
    const url = await this.interview.answer('url', number, () => this.askUrl(`${number} Its address`, address, preset))
    this.showCompleted(url, preset)
    const usualModel = this.flags.model ?? preset?.model
    const model =
      preset?.model === undefined
        ? this.flags.model
        : await this.interview.answer('model', '', () => this.terminal.text('Model', usualModel ?? '', () => undefined))
    const keyVariable = await this.askKey(preset?.auth.type === 'none' ? '' : (preset?.keyVariable ?? ''))
    return { ...choiceOf({ provider, url, keyVariable }), model }
  }

  /** Asks for the name of the environment variable with the API key; it never asks for the key itself. */
  private async askKey(usual: string): Promise<string> {
    const question = 'Environment variable that holds the key (- for none)'
    const variable = await this.interview.answer('keyVariable', '', () =>
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

  /** Tests the connection to the target and returns the target. When it does not answer, the user may enter another address. */
  private async test(choice: TargetChoice): Promise<TargetChoice> {
    const ways = isMock(choice) ? AGAIN.slice(0, 2) : AGAIN
    let tried = choice
    let again = await this.terminal.confirm(`${this.interview.number()} Send one message now, to see whether it answers?`, true)
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
    await this.interview.keep({ url })
    this.showCompleted(url, preset)
    return { ...choice, url }
  }
}
