/** Checks that targets name a model, which most APIs require. */
import type { Preset } from '../../dialects/parts/dialect.ts'
import { presets } from '../../dialects/presets.ts'
import { E_MISSING_KEY } from '../problems/values/E_MISSING_KEY.ts'
import type { Finding, Wording } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { ownVariables } from './reads.ts'
import { type LintSubject, perScenario, stepsOf } from './subject.ts'
import { type TargetUse, targetUses } from './targets.ts'

/** Reply formats of APIs that refuse a message without a model. */
const NEED_MODEL = new Set(['openai-responses', 'anthropic', 'ollama', 'ollama-generate'])
/** The reply format for which some servers need no model name, because they serve only one model; the original API needs it. */
const MAY_NEED_MODEL = 'openai-chat'
const OPENAI = /^https:\/\/([^/]*\.)?(openai\.com|openai\.azure\.com)\//

/** A target whose block names no model, although its API needs one or may need one. */
interface MissingModel {
  readonly path: Path
  readonly wording: Wording
  /** True when some servers with this API answer without a model. */
  readonly isOptional: boolean
}

/** Returns a model name of this API, as an example in a hint. */
function exampleModel(dialect: string | null): string {
  const known: readonly Preset[] = Object.values(presets)
  return known.find((preset) => preset.dialect === dialect && preset.model !== undefined)?.model ?? 'my-model'
}

/** Returns why a target needs a model name that it lacks; undefined when it needs none. */
function reasonFor({ target }: TargetUse, own: ReadonlySet<string>, sendsMessages: boolean): string | undefined {
  const { chat, dialectName, url, mock } = target
  if (chat.model !== undefined || mock !== undefined) return undefined
  if (!own.has('model') && url.variables.includes('model')) return '{{model}} stands in the address'
  if (!sendsMessages || chat.body?.model !== undefined || dialectName === null) return undefined
  if (NEED_MODEL.has(dialectName)) return `an API of format ${dialectName} answers no message without one`
  if (dialectName !== MAY_NEED_MODEL) return undefined
  return OPENAI.test(url.source) ? 'this API answers no message without one' : PERHAPS
}

const PERHAPS = 'only servers with a single model answer without its name'

/**
 * Returns each target that names no model although its API needs one, with the message for the user. `isOptional` is true when some servers with
 * that API answer without a model, so that a warning is enough.
 */
export const missingModels = perScenario((subject): readonly MissingModel[] => {
  const own = ownVariables(subject)
  const sendsMessages = stepsOf(subject).some(({ step }) => step.message !== undefined)
  return targetUses(subject).flatMap((use) => {
    const reason = reasonFor(use, own, sendsMessages)
    if (reason === undefined) return []
    const wording = E_MISSING_KEY.noModel(reason, exampleModel(use.target.dialectName))
    return [{ path: [...use.base, 'model'], wording, isOptional: reason === PERHAPS }]
  })
})

/** Returns an error for each target that names no model although its API needs one. */
export function modelFindings(subject: LintSubject): Finding[] {
  return missingModels(subject).flatMap(({ path, wording, isOptional }) =>
    isOptional ? [] : [{ ...wording, path, mark: 'parent' as const }],
  )
}
