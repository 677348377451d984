/** Handles the file of wizard answers (`--answers`): each answer is saved when the user gives it, and used the next time instead of asking. */
import { existsSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { presetNamed } from '../../../dialects/presets.ts'
import { UsageError } from '../../../errors.ts'
import { nearest } from '../../../language/suggest.ts'
import { writeAtomically } from '../../../store/files/atomic.ts'
import { templateNames } from '../../../templates/index.ts'
import type { TargetChoice } from '../../../templates/target-block.ts'
import { checkAddress, checkPath, checkVariable } from './checks.ts'
import { LOADS, type LoadName } from './choices.ts'

/** The answer to the wizard of `burn generate` that chooses burn's own mock server instead of a provider. */
export const MOCK = 'mock'
/** The answer to the wizard of `burn generate` for a provider that is not in its list; the user then types the address. */
export const OTHER = 'other'

/** The user's answers to the questions of the wizard of `burn generate`. They hold no secret: for an API key, they name its environment variable. */
export interface Answers {
  readonly provider?: string
  readonly url?: string
  readonly model?: string
  /** The environment variable that holds the API key; `-` when no key is needed. */
  readonly keyVariable?: string
  readonly template?: string
  readonly load?: LoadName
  readonly path?: string
}

const NAMES = ['provider', 'url', 'model', 'keyVariable', 'template', 'load', 'path'] as const
const shape = z.record(z.string(), z.string())

/** For each question, a function that checks an answer: it returns an error message, or undefined for a valid answer. */
const CHECKS: Readonly<Record<keyof Answers, (answer: string, all: Answers) => string | undefined>> = {
  provider: (name) => (name === MOCK || name === OTHER || presetNamed(name) ? undefined : 'there is no such provider'),
  url: (url, { provider = OTHER }) => checkAddress(url, presetNamed(provider)?.protocol),
  model: () => undefined,
  keyVariable: checkVariable,
  template: (name) => (templateNames.includes(name) ? undefined : 'there is no such template'),
  load: (name) => (LOADS.some((one) => one.name === name) ? undefined : `one of ${LOADS.map((one) => one.name).join(', ')}`),
  path: checkPath,
}

/**
 * Reads a file with answers to the wizard's questions; a file that does not exist gives no answers. @throws UsageError that names the invalid answer
 */
export function readAnswers(file: string): Answers {
  if (!existsSync(file)) return {}
  const answers = parsed(file)
  for (const [name, answer] of Object.entries(answers)) {
    const known = NAMES.find((one) => one === name)
    const near = nearest(name, NAMES)
    if (known === undefined)
      throw new UsageError(
        `--answers ${file}: there is no question "${name}"`,
        near === undefined ? `questions: ${NAMES.join(', ')}` : `did you mean ${near}?`,
      )
    const wrong = CHECKS[known](answer, answers)
    if (wrong !== undefined) throw new UsageError(`--answers ${file}: ${name}: ${wrong}`)
  }
  return answers as Answers // every name and value was checked above
}

function parsed(file: string): Record<string, string> {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new UsageError(`--answers ${file}: not a JSON object of texts`, '{ "provider": "mock" } is one', { cause: error })
  }
}

/** Collects the user's answers in the wizard and, if a file is given, saves each of them there. */
export class AnswerStore {
  readonly file: string | undefined
  private answers: Answers

  /** Reads the answers that are in `file` already. @throws UsageError that names the invalid answer */
  constructor(file: string | undefined) {
    this.file = file
    this.answers = file === undefined ? {} : readAnswers(file)
  }

  /** Returns the saved answer to a question; undefined when there is none. */
  known<K extends keyof Answers>(name: K): Answers[K] {
    return this.answers[name]
  }

  /** Adds answers and saves them. @throws LocalError when the file cannot be written */
  async keep(more: Answers): Promise<void> {
    this.answers = { ...this.answers, ...more }
    if (this.file !== undefined) await writeAtomically(this.file, `${JSON.stringify(this.answers, null, 2)}\n`)
  }
}

/** Returns the target that the user's answers in the wizard of `burn generate` describe; when they name no provider, this is burn's mock server. */
export function choiceOf({ provider = MOCK, url, model, keyVariable }: Answers): TargetChoice {
  if (provider === MOCK) return {}
  const preset = provider === OTHER ? undefined : presetNamed(provider)
  const usual = preset === undefined || preset.auth.type === 'none' ? '' : preset.keyVariable
  const variable = keyVariable === '-' ? '' : (keyVariable ?? usual)
  return {
    ...(preset === undefined ? {} : { preset: provider }),
    ...(preset === undefined || (url !== undefined && url !== preset.url) ? { url: url ?? 'http://127.0.0.1:8080/chat' } : {}),
    model: model ?? preset?.model,
    keyVariable: variable,
  }
}
